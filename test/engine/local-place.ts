/** A folder with a local sandbox. */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProcesses, type Processes } from '@fabro/process';
import type { Sandbox } from '@fabro/sandbox';
import { createLocalSandbox } from '@fabro/sandbox/local';
import { onTestFinished } from 'vitest';

export interface Place {
  readonly base: string;
  readonly workdir: string;
  /** Where temporary files of its commands lie. */
  readonly temporary: string;
  readonly sandbox: Sandbox;
}

export async function placeFor(processes: Processes): Promise<Place> {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'fabro-place-')));
  onTestFinished(async () => await rm(base, { recursive: true, force: true }));
  const [workdir, temporary] = [join(base, 'work'), join(base, 'tmp')];
  await mkdir(workdir);
  await mkdir(temporary);
  const sandbox = createLocalSandbox({
    processes,
    workdir,
    scratchDir: join(base, 'scratch'),
    baseEnv: { PATH: process.env['PATH'], TMPDIR: temporary },
  });
  return { base, workdir, temporary, sandbox };
}

export const newProcesses = (): Processes => createProcesses({ rootId: randomUUID() });
