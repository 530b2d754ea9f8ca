import { describe, expect, it } from 'vitest';
import { childEnv, nameableEnv, resolveEnvTemplates } from '../src/index.js';

describe('{{ env.X }} (decision 1)', () => {
  it('is replaced in a text and in every text of a value, other templates stay', () => {
    const env = { TOKEN: 't', HOST: 'h' };
    expect(resolveEnvTemplates('https://{{env.HOST}}/{{ env.TOKEN }}', env)).toBe('https://h/t');
    expect(resolveEnvTemplates({ a: ['{{ env.HOST }}', 1, null], b: '{{ goal }}' }, env)).toEqual({
      a: ['h', 1, null],
      b: '{{ goal }}',
    });
  });

  it('is not replaced again inside a value', () => {
    expect(resolveEnvTemplates('{{ env.A }}', { A: '{{ env.B }}', B: 'x' })).toBe('{{ env.B }}');
  });

  it('for a variable that is not there names place and variable', () => {
    expect(() => resolveEnvTemplates('{{ env.NOPE }}', {}, 'run.sandbox.env.TOKEN')).toThrow(
      /^run\.sandbox\.env\.TOKEN names \{\{ env\.NOPE \}\}, which is not set/,
    );
    expect(() =>
      resolveEnvTemplates({ A: 'a', B: ['{{ env.NOPE }}'] }, {}, 'run.sandbox.env'),
    ).toThrow(/^run\.sandbox\.env\.B\.0 names/);
    expect(() => resolveEnvTemplates('{{ env.toString }}', {})).toThrow(/env\.toString/);
  });
});

describe('the variables that a manifest may name (design 14)', () => {
  const env = { A: '1', B: '2', FABRO_DEV_TOKEN: 'secret', SESSION_SECRET: 'secret' };

  it('are all but the server’s own secrets over the Unix socket', () => {
    expect(nameableEnv(env, { local: true, allow: [] })).toEqual({ A: '1', B: '2' });
  });

  it('are the allowed ones from elsewhere, and never the server’s secrets', () => {
    const allow = ['B', 'FABRO_DEV_TOKEN'];
    expect(nameableEnv(env, { local: false, allow })).toEqual({ B: '2' });
  });
});

describe('the environment of a child', () => {
  it('has what programs need and what was added, nothing else', () => {
    const env = { PATH: '/bin', HOME: '/h', ANTHROPIC_API_KEY: 'k', FABRO_DEV_TOKEN: 't' };
    expect(childEnv(env, { CI: '1', HOME: '/other' })).toEqual({
      PATH: '/bin',
      HOME: '/other',
      CI: '1',
    });
  });
});
