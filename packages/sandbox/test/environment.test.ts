import { expect, test } from 'vitest';
import { childEnvironment } from '../src/local/index.js';

test('§10: of the server`s environment only the listed variables and LC_* are passed on', () => {
  const base = {
    PATH: '/bin',
    HOME: '/home/x',
    USER: 'x',
    SHELL: '/bin/sh',
    LANG: 'C',
    TERM: 'xterm',
    TMPDIR: '/tmp',
    GOPATH: '/go',
    CARGO_HOME: '/cargo',
    NVM_DIR: '/nvm',
    LC_ALL: 'C',
  };
  const rest = {
    ANTHROPIC_API_KEY: 'a',
    BASH_ENV: '/x',
    NODE_OPTIONS: '-r x',
    path: 'x',
    LD_PRELOAD: 'x',
  };
  expect(childEnvironment({ ...base, ...rest })).toEqual(base);
});

test.for([
  'X_API_KEY',
  'x_api_key',
  'A_Secret',
  'GITHUB_TOKEN',
  'DB_PASSWORD',
  'MY_CREDENTIAL',
  'LC_TOKEN',
])('§10: %s is dropped, whether inherited or given', (name) => {
  expect(childEnvironment({ [name]: 'x' }, { [name]: 'x' })).toEqual({});
});

test('given variables are added and win over inherited ones', () => {
  expect(
    childEnvironment({ PATH: '/bin', HOME: undefined }, { PATH: '/usr/bin', TOKENS: '3' }),
  ).toEqual({
    PATH: '/usr/bin',
    TOKENS: '3',
  });
});
