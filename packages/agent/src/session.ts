/** What the parts of one session share. */
import { type CallKey, callKey } from '@fabro/protocol';
import type { SessionHead } from './head.js';
import { Memory } from './memory.js';
import type { AgentPorts, AgentRequest } from './port.js';
import type { ToolProfile } from './profile.js';
import { Steering } from './steering.js';

export interface Session {
  readonly request: AgentRequest;
  readonly ports: AgentPorts;
  readonly profile: ToolProfile;
  readonly head: SessionHead;
  readonly memory: Memory;
  readonly steering: Steering;
}

export function newSession(
  request: AgentRequest,
  ports: AgentPorts,
  profile: ToolProfile,
  head: SessionHead,
): Session {
  const memory = new Memory(request.thread);
  memory.told(head.input);
  return {
    request,
    ports,
    profile,
    head,
    memory,
    steering: new Steering(() => ports.takeSteering()),
  };
}

/** The key of an act of one turn. */
export function turnKey(
  session: Session,
  turn: number,
  ...act: readonly (string | number)[]
): CallKey {
  return callKey(session.request.key, `t${turn}`, ...act);
}
