/** The same commands by a bare loop of a small process, output by pipes. */
import { spawn } from 'node:child_process';
import { z } from 'zod';
import { answer } from '../support/answer.js';

async function command(): Promise<void> {
  const child = spawn('bash', ['-c', 'true'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.resume();
  child.stderr.resume();
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}

await answer(z.object({ stages: z.number() }), async ({ stages }) => {
  for (let i = 0; i < 10; i++) await command();
  const startedAt = performance.now();
  for (let i = 0; i < stages; i++) await command();
  return { ms: performance.now() - startedAt };
});
