/** The table `run.sandbox`: where a run's commands work (engine reference §12). */
import { z } from 'zod';
import { KEY_DOCS } from './key-docs.js';
import { choice, count, flag, requiredText, size, text, textByName } from './values.js';

const local = z.strictObject({
  worktree_mode: choice(
    ['always', 'clean', 'dirty', 'never'],
    'Whether a run in a git repository works in a worktree of its own; `never` works in place.',
  ),
});

const docker = z.strictObject({
  image: text('Image of the container.'),
  network_mode: text('Network of the container.', { default: 'that of the Docker daemon' }),
  memory_limit: size('Most memory.'),
  cpu_quota: count('Microseconds of processor time in each 100 ms.'),
  env_vars: textByName('Variables of the container; `{{ env.NAME }}` is allowed.'),
  skip_clone: flag('Leaves the working directory empty.'),
});

const snapshot = z.strictObject({
  name: text('Name of the snapshot.'),
  cpu: count('Processors.'),
  memory: size('Memory.'),
  disk: size('Disk.'),
  dockerfile: z
    .union([
      z.string(),
      z.strictObject({ path: requiredText('Path, relative to the file that says it.') }),
    ])
    .register(KEY_DOCS, {
      doc: 'How the snapshot is built when there is none of this name.',
      type: 'text or { path = "…" }',
    })
    .optional(),
});

const daytona = z.strictObject({
  auto_stop_interval: count('Minutes of silence after which the sandbox stops.'),
  labels: textByName('Labels of the sandbox.'),
  snapshot: snapshot.optional(),
  network: z
    .union(
      [z.enum(['block', 'allow_all']), z.strictObject({ allow_list: z.array(z.string()).min(1) })],
      { error: 'expected "block", "allow_all" or { allow_list = ["10.0.0.0/8"] }' },
    )
    .register(KEY_DOCS, {
      doc: 'What the sandbox may reach.',
      type: 'block | allow_all | { allow_list = [ranges] }',
    })
    .optional(),
  skip_clone: flag('Leaves the working directory empty.'),
});

export const SandboxTable = z.strictObject({
  provider: choice(['local', 'docker', 'daytona', 'exe', 'sprites'], 'Where the run works.'),
  preserve: flag('Keeps the sandbox after the run.'),
  devcontainer: flag("Builds the sandbox from the repository's devcontainer."),
  env: textByName('Variables of every command; `{{ env.NAME }}` is allowed.'),
  local: local.optional(),
  docker: docker.optional(),
  daytona: daytona.optional(),
});
