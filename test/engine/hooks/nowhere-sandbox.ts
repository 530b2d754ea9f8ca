/** A sandbox in which nothing may be done. */
import type { Sandbox } from '@fabro/sandbox';

function nowhere(): never {
  throw new Error('nothing is to be done in the sandbox');
}

export const nowhereSandbox: Sandbox = {
  provider: 'nowhere',
  workdir: '/nowhere',
  exec: nowhere,
  recoveredOutput: nowhere,
  readFile: nowhere,
  writeFile: nowhere,
  stat: nowhere,
  glob: nowhere,
  grep: nowhere,
  at: nowhere,
  endLeftovers: nowhere,
};
