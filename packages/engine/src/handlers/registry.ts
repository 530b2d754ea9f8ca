/** Which handler runs which type of node. */
import { FabroError } from '@fabro/protocol';
import type { GraphNode, HandlerType } from '@fabro/workflow';
import type { Handler } from '../handler.js';
import { agentHandler } from './agent.js';
import { commandHandler } from './command.js';
import { conditionalHandler } from './conditional.js';
import { fanInHandler } from './fan-in.js';
import { humanHandler } from './human.js';
import { managerHandler } from './manager.js';
import { parallelHandler } from './parallel.js';
import { exitHandler, startHandler } from './start.js';
import { waitHandler } from './wait.js';

const HANDLERS: Partial<Record<HandlerType, Handler>> = {
  start: startHandler,
  exit: exitHandler,
  agent: agentHandler,
  command: commandHandler,
  conditional: conditionalHandler,
  human: humanHandler,
  parallel: parallelHandler,
  'stack.manager_loop': managerHandler,
  wait: waitHandler,
  'parallel.fan_in': fanInHandler,
};

/** Throws FabroError `not_implemented` for a type of the language that this release does not run. */
export function handlerOf(node: GraphNode): Handler {
  const handler = HANDLERS[node.handler];
  if (handler === undefined)
    throw new FabroError(
      'not_implemented',
      `node "${node.id}" is of type "${node.handler}", which this release does not run; it runs ${Object.keys(HANDLERS).join(', ')}`,
    );
  return handler;
}

/** Nodes of types that this release does not run. */
export function unsupportedNodes(nodes: Iterable<GraphNode>): readonly GraphNode[] {
  return [...nodes].filter((node) => HANDLERS[node.handler] === undefined);
}
