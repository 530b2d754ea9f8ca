import type { HandlerType } from '../graph/handler-type.js';
import { type AttributeRow, rows } from './attribute-spec.js';

/** The node types whose work is a model's. */
const LLM: readonly HandlerType[] = ['agent', 'prompt', 'parallel.fan_in'];
/** Attributes of nodes whose work is a model's. */
export const LLM_ATTRIBUTES = rows('node', {
  prompt: {
    type: 'text',
    default: 'the label',
    doc: 'What the model is asked, or `@file` with it.',
    handlers: LLM,
    source: '§3.1',
  },
  model: {
    type: 'text',
    default: "the run's model",
    doc: 'Id or alias of the model.',
    handlers: LLM,
    checkedBy: 'node_model_known',
    source: '§3.1',
  },
  provider: {
    type: 'text',
    default: "the model's provider",
    doc: 'Who is asked.',
    handlers: LLM,
    checkedBy: 'node_model_known',
    source: '§3.1',
  },
  max_tokens: {
    type: 'integer',
    default: "the model's most",
    min: 1,
    doc: 'Most tokens of one answer.',
    handlers: LLM,
    source: '§3.1',
  },
  reasoning_effort: {
    type: 'text',
    default: 'high',
    values: ['low', 'medium', 'high'],
    doc: 'How long the model may think.',
    handlers: LLM,
    source: '§3.1',
  },
  speed: {
    type: 'text',
    default: 'standard',
    values: ['standard', 'fast'],
    doc: 'Faster answers at a higher price, where the provider sells them.',
    handlers: LLM,
    source: '§3.1',
  },
  backend: {
    type: 'text',
    default: 'api',
    values: ['api', 'cli'],
    doc: "Who runs the agent: this program, or the provider's own command line.",
    handlers: LLM,
    source: '§3.1',
  },
  project_memory: {
    type: 'boolean',
    default: 'true',
    doc: "The project's documents for agents are part of the system text.",
    handlers: ['prompt'],
    source: '§3.1',
  },
  max_turns: {
    type: 'integer',
    default: '0',
    min: 0,
    doc: 'Model answers of one attempt; 0 is no limit.',
    handlers: ['agent'],
    source: 'ours',
  },
});

/** Attributes of the other types. */
export const HANDLER_ATTRIBUTES = rows('node', {
  script: {
    type: 'text',
    doc: 'What is run, in the working directory.',
    handlers: ['command'],
    source: '§3.2',
  },
  tool_command: {
    type: 'text',
    doc: 'Older name of `script`.',
    handlers: ['command'],
    source: '§3.2',
  },
  language: {
    type: 'text',
    default: 'shell',
    values: ['shell', 'python'],
    doc: 'What the script is written in.',
    handlers: ['command'],
    source: '§3.2',
  },
  on_interrupt: {
    type: 'text',
    default: 'retry',
    values: ['retry', 'fail'],
    doc: 'What becomes of the stage when the server dies under it: a new attempt, or a failure.',
    handlers: ['command', 'parallel.fan_in'],
    source: 'ours',
  },
  duration: {
    type: 'duration',
    doc: 'How long to wait; needed.',
    handlers: ['wait'],
    source: '§3.2',
  },
  'human.default_choice': {
    type: 'text',
    doc: 'Target, key or label of the choice that is taken when nobody answers in time.',
    handlers: ['human'],
    source: '§3.2',
  },
  question_type: {
    type: 'text',
    default: 'by the edges',
    values: ['yes_no', 'confirmation', 'multiple_choice', 'multi_select', 'freeform'],
    doc: 'How the question is put.',
    handlers: ['human'],
    source: 'ours',
  },
  join_policy: {
    type: 'text',
    default: 'wait_all',
    values: ['wait_all', 'first_success'],
    doc: 'Whether all branches are waited for, or the first that succeeds.',
    handlers: ['parallel'],
    source: '§3.2',
  },
  max_parallel: {
    type: 'integer',
    default: '4',
    min: 1,
    doc: 'Branches that run at the same time.',
    handlers: ['parallel'],
    source: '§3.2',
  },
  ...managerRows(),
});

function managerRows(): Readonly<Record<string, AttributeRow>> {
  const row = (rest: Omit<AttributeRow, 'handlers' | 'source'>): AttributeRow => ({
    ...rest,
    handlers: ['stack.manager_loop'],
    source: '§3.2',
  });
  return {
    'stack.child_dot_source': row({ type: 'text', doc: 'Text of the child workflow.' }),
    'stack.child_workflow': row({ type: 'text', doc: 'Path of the child workflow.' }),
    'stack.child_dotfile': row({ type: 'text', doc: 'Older name of `stack.child_workflow`.' }),
    'manager.poll_interval': row({
      type: 'duration',
      default: '45s',
      doc: 'Time between two looks at the child.',
    }),
    'manager.max_cycles': row({
      type: 'integer',
      default: '1000',
      min: 1,
      doc: 'Looks after which the node fails.',
    }),
    'manager.stop_condition': row({
      type: 'text',
      doc: "Condition over the parent's context that ends the child.",
    }),
  };
}
