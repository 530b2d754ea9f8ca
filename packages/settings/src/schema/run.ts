/** The table `run`: what a run does and where (engine reference §12). */
import type { JsonValue } from '@fabro/protocol';
import { z } from 'zod';
import { HookTable } from './hook.js';
import { KEY_DOCS } from './key-docs.js';
import { SandboxTable } from './sandbox.js';
import {
  choice,
  duration,
  exactlyOne,
  flag,
  mcps,
  permissions,
  requiredText,
  text,
  textByName,
  texts,
} from './values.js';

const input = z.custom<JsonValue>(
  (value) => z.json().safeParse(value).success,
  'expected a text, number, boolean, list or table; write a date as a text',
);

const oneAction = exactlyOne(['script', 'command']);
const prepareStep = z
  .strictObject({
    script: text('Shell text; or `command`.'),
    command: z
      .array(z.string())
      .min(1)
      .register(KEY_DOCS, { doc: 'Program and arguments; or `script`.', type: 'list of texts' })
      .optional(),
    env: textByName('Variables of this step.'),
  })
  .refine(oneAction.check, oneAction.message);

const chatChannel = z.strictObject({ channel: text('Channel to which it goes.') }).optional();
const chat = {
  provider: text('The service that carries it: slack, discord or teams.'),
  slack: chatChannel,
  discord: chatChannel,
  teams: chatChannel,
};

/** Two hooks of one file with the same id would hide each other. */
const distinctIds = (hooks: readonly { readonly id?: string | undefined }[]) => {
  const ids = hooks.flatMap(({ id }) => (id === undefined ? [] : [id]));
  return new Set(ids).size === ids.length;
};

export const RunTable = z.strictObject({
  goal: z
    .union(
      [
        z.string(),
        z.strictObject({ file: requiredText('Path, relative to the file that says it.') }),
      ],
      { error: 'expected a text or { file = "path" }' },
    )
    .register(KEY_DOCS, {
      doc: 'What the run is to reach; replaces the goal of the graph.',
      type: 'text or { file = "…" }',
    })
    .optional(),
  working_dir: text('Folder in which commands start, relative to that of the caller.', {
    default: 'the folder of the caller',
  }),
  metadata: textByName('Labels of the run.'),
  inputs: z
    .record(z.string(), input)
    .register(KEY_DOCS, {
      doc: 'Values of `{{ inputs.NAME }}` in the workflow.',
      type: 'table of values by name',
    })
    .optional(),
  model: z
    .strictObject({
      provider: text('Provider of the model.', { default: 'the first that has a key' }),
      name: text('Model of stages that name none.', { default: 'that of the provider' }),
      fallbacks: texts('Models to try, in this order, when the model fails.'),
    })
    .optional(),
  git: z
    .strictObject({
      author: z
        .strictObject({
          name: text('Name in the commits of stages.', { default: 'Fabro' }),
          email: text('Address in the commits of stages.', { default: 'that of Fabro' }),
        })
        .optional(),
    })
    .optional(),
  prepare: z
    .strictObject({
      steps: z.array(prepareStep).optional(),
      timeout: duration('How long each step may take.'),
    })
    .optional(),
  execution: z
    .strictObject({
      mode: choice(['normal', 'dry_run'], 'Whether stages really work or are simulated.'),
      approval: choice(
        ['prompt', 'auto'],
        'Whether human gates ask or take their first choice by themselves.',
      ),
      retros: flag('A retrospective after each run.'),
    })
    .optional(),
  checkpoint: z
    .strictObject({ exclude_globs: texts('Files that the commits of stages leave out.') })
    .optional(),
  sandbox: SandboxTable.optional(),
  notifications: z
    .record(
      z.string(),
      z.strictObject({
        enabled: flag('Whether it is sent.', { default: 'false' }),
        events: texts('Events that it tells of; "..." stands for those of the farther file.'),
        ...chat,
      }),
    )
    .optional(),
  interviews: z.strictObject(chat).optional(),
  agent: z
    .strictObject({ permissions: permissions('What tools of agents may do unasked.'), mcps })
    .optional(),
  hooks: z
    .array(HookTable)
    .refine(distinctIds, 'two hooks have the same id; give each its own')
    .optional(),
  scm: z
    .strictObject({
      provider: text('The service that holds the repository.'),
      owner: text('Owner of the repository.'),
      repository: text('Name of the repository.'),
      github: z.strictObject({}).optional(),
    })
    .optional(),
  pull_request: z
    .strictObject({
      enabled: flag('Opens a pull request after a run that succeeded.'),
      draft: flag('Opens it as a draft.'),
      auto_merge: flag('Merges it when its checks pass.'),
      merge_strategy: choice(['squash', 'merge', 'rebase'], 'How it is merged.'),
    })
    .optional(),
  artifacts: z
    .strictObject({ include: texts('Files that are kept as artifacts of a stage (globs).') })
    .optional(),
});
