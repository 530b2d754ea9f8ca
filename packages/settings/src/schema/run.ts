/** The table `run`: what a run does and where (engine reference §12). */
import { HookEvent, type JsonValue } from '@fabro/protocol';
import { z } from 'zod';
import {
  count,
  duration,
  exactlyOne,
  flag,
  mcps,
  permissions,
  size,
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
  .strictObject({ script: text, command: z.array(z.string()).min(1).optional(), env: textByName })
  .refine(oneAction.check, oneAction.message);

const oneHook = exactlyOne(['script', 'command', 'url', 'prompt', 'agent']);
const hook = z
  .strictObject({
    id: text,
    name: text,
    event: HookEvent,
    matcher: text,
    blocking: flag,
    timeout: duration,
    sandbox: flag,
    script: text,
    command: texts,
    url: text,
    prompt: text,
    agent: z.literal('enabled').optional(),
    headers: textByName,
    allowed_env_vars: texts,
    tls: z.enum(['verify', 'no_verify', 'off']).optional(),
    model: text,
    max_tool_rounds: count,
  })
  .refine(oneHook.check, oneHook.message);

const chatChannel = z.strictObject({ channel: text }).optional();
const chat = { provider: text, slack: chatChannel, discord: chatChannel, teams: chatChannel };

const sandbox = z.strictObject({
  provider: z.enum(['local', 'docker', 'daytona']).optional(),
  preserve: flag,
  devcontainer: flag,
  env: textByName,
  local: z
    .strictObject({ worktree_mode: z.enum(['always', 'clean', 'dirty', 'never']).optional() })
    .optional(),
  docker: z
    .strictObject({
      image: text,
      network_mode: text,
      memory_limit: size,
      cpu_quota: count,
      env_vars: textByName,
      skip_clone: flag,
    })
    .optional(),
  daytona: z
    .strictObject({
      auto_stop_interval: count,
      labels: textByName,
      snapshot: z
        .strictObject({
          name: text,
          cpu: count,
          memory: size,
          disk: size,
          dockerfile: z.union([z.string(), z.strictObject({ path: z.string() })]).optional(),
        })
        .optional(),
      network: z
        .union([
          z.enum(['block', 'allow_all']),
          z.strictObject({ allow_list: z.array(z.string()) }),
        ])
        .optional(),
      skip_clone: flag,
    })
    .optional(),
});

export const RunTable = z.strictObject({
  goal: z
    .union([z.string(), z.strictObject({ file: z.string() })], {
      error: 'expected a text or { file = "path" }',
    })
    .optional(),
  working_dir: text,
  metadata: textByName,
  inputs: z.record(z.string(), input).optional(),
  model: z.strictObject({ provider: text, name: text, fallbacks: texts }).optional(),
  git: z
    .strictObject({ author: z.strictObject({ name: text, email: text }).optional() })
    .optional(),
  prepare: z.strictObject({ steps: z.array(prepareStep).optional(), timeout: duration }).optional(),
  execution: z
    .strictObject({
      mode: z.enum(['normal', 'dry_run']).optional(),
      approval: z.enum(['prompt', 'auto']).optional(),
      retros: flag,
    })
    .optional(),
  checkpoint: z.strictObject({ exclude_globs: texts }).optional(),
  sandbox: sandbox.optional(),
  notifications: z
    .record(z.string(), z.strictObject({ enabled: flag, events: texts, ...chat }))
    .optional(),
  interviews: z.strictObject(chat).optional(),
  agent: z.strictObject({ permissions, mcps }).optional(),
  hooks: z.array(hook).optional(),
  scm: z
    .strictObject({
      provider: text,
      owner: text,
      repository: text,
      github: z.record(z.string(), z.json()).optional(),
    })
    .optional(),
  pull_request: z
    .strictObject({
      enabled: flag,
      draft: flag,
      auto_merge: flag,
      merge_strategy: z.enum(['squash', 'merge', 'rebase']).optional(),
    })
    .optional(),
  artifacts: z.strictObject({ include: texts }).optional(),
});
