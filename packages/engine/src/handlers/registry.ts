/** Which handler runs which type of node. */
import type { GraphNode, HandlerType } from '@fabro/workflow';
import type { Handler } from '../handler.js';
import { agentHandler } from './agent.js';
import { commandHandler } from './command.js';
import { conditionalHandler } from './conditional.js';
import { fanInHandler } from './fan-in.js';
import { humanHandler } from './human.js';
import { managerHandler } from './manager.js';
import { parallelHandler } from './parallel.js';
import { promptHandler } from './prompt.js';
import { exitHandler, startHandler } from './start.js';
import { waitHandler } from './wait.js';

const HANDLERS: Readonly<Record<HandlerType, Handler>> = {
  start: startHandler,
  exit: exitHandler,
  agent: agentHandler,
  prompt: promptHandler,
  command: commandHandler,
  conditional: conditionalHandler,
  human: humanHandler,
  wait: waitHandler,
  parallel: parallelHandler,
  'parallel.fan_in': fanInHandler,
  'stack.manager_loop': managerHandler,
};

/** The handler of a node's type. */
export function handlerOf(node: GraphNode): Handler {
  return HANDLERS[node.handler];
}
