/** `agent`: a session of the agent loop, whose answer may route (engine reference §3.2). */
import type { AgentResult } from '@fabro/agent';
import { FabroError } from '@fabro/protocol';
import type { ActedHandler, StageInput, StagePorts } from '../handler.js';
import { MAX_ROUTING_CHARS } from '../limits.js';
import { readRouting, type RoutingObject } from '../routing-object.js';
import { askModel, simulateModel } from './model-stage.js';

const STATUS_FILE = 'status.json';

export const agentHandler: ActedHandler = {
  kind: 'acted',
  onInterrupt: 'continue',
  act: (input, ports) =>
    askModel(input, ports, {
      mode: 'agent',
      routingElsewhere: (result) => routingInFiles(input, ports, result),
    }),
  simulate: simulateModel,
};

/** An agent may write its decision to `status.json`, or to the file that it touched last. */
async function routingInFiles(
  input: StageInput,
  ports: StagePorts,
  result: AgentResult,
): Promise<RoutingObject> {
  for (const path of [STATUS_FILE, result.filesTouched.at(-1)]) {
    if (path === undefined) continue;
    const text = await freshText(input, ports, path);
    const routing = text === undefined ? {} : readRouting(text);
    if (Object.keys(routing).length > 0) return routing;
  }
  return {};
}

/** The text of a file that the stage has written; an older one says nothing about it. */
async function freshText(
  { stage }: StageInput,
  { sandbox }: StagePorts,
  path: string,
): Promise<string | undefined> {
  const found = await sandbox.stat(path);
  // Some file systems keep whole seconds.
  if (found?.kind !== 'file' || found.mtimeMs + 1_000 < stage.startedAtMs) return undefined;
  try {
    return new TextDecoder().decode(await sandbox.readFile(path, { maxBytes: MAX_ROUTING_CHARS }));
  } catch (error) {
    // Gone since, or too large to be a decision.
    if (error instanceof FabroError) return undefined;
    throw error;
  }
}
