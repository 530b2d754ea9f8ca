import { describe, expect, it } from 'vitest';
import {
  fabroHome,
  httpUrl,
  listenAddress,
  parseBind,
  parseServer,
  serverAddress,
  settingsPath,
  storageRoot,
} from '../src/index.js';

const env = { HOME: '/home/me' };

describe('without settings', () => {
  it('everything lies under ~/.fabro', () => {
    expect(fabroHome(env)).toBe('/home/me/.fabro');
    expect(settingsPath(env)).toBe('/home/me/.fabro/settings.toml');
    expect(storageRoot(env)).toBe('/home/me/.fabro/storage');
    expect(listenAddress(env)).toEqual({ kind: 'unix', path: '/home/me/.fabro/fabro.sock' });
    expect(serverAddress(env)).toEqual({ kind: 'unix', path: '/home/me/.fabro/fabro.sock' });
  });

  it('and without HOME there is one clear refusal', () => {
    expect(() => storageRoot({})).toThrow(/^HOME is not set/);
    expect(storageRoot({ FABRO_STORAGE_DIR: '/data' })).toBe('/data');
  });
});

describe('the environment', () => {
  it('goes before settings; an empty variable counts as unset', () => {
    const settings = { server: { storage: { root: '~/runs' } } };
    expect(storageRoot(env, settings)).toBe('/home/me/runs');
    expect(storageRoot({ ...env, FABRO_STORAGE_DIR: '' }, settings)).toBe('/home/me/runs');
    expect(storageRoot({ ...env, FABRO_STORAGE_DIR: '/data' }, settings)).toBe('/data');
    expect(storageRoot({ ...env, FABRO_STORAGE_DIR: 'data' }, settings, '/work')).toBe(
      '/work/data',
    );
    expect(settingsPath({ ...env, FABRO_CONFIG: 'my.toml' }, '/work')).toBe('/work/my.toml');
  });

  it('names the server by FABRO_SERVER', () => {
    const target = { cli: { target: { type: 'http' as const, url: 'http://other:1/' } } };
    expect(serverAddress(env, target)).toEqual({ kind: 'http', url: 'http://other:1' });
    expect(serverAddress({ ...env, FABRO_SERVER: '/run/f.sock' }, target)).toEqual({
      kind: 'unix',
      path: '/run/f.sock',
    });
  });
});

describe('settings', () => {
  it('say where the server listens, and clients look there', () => {
    const tcp = { server: { listen: { type: 'tcp' as const, address: '0.0.0.0:8080' } } };
    expect(listenAddress(env, tcp)).toEqual({ kind: 'tcp', host: '0.0.0.0', port: 8080 });
    expect(serverAddress(env, tcp)).toEqual({ kind: 'http', url: 'http://0.0.0.0:8080' });
    const unix = { server: { listen: { type: 'unix' as const, path: '{{ env.DIR }}/s.sock' } } };
    expect(listenAddress({ ...env, DIR: '/run' }, unix)).toEqual({
      kind: 'unix',
      path: '/run/s.sock',
    });
    expect(listenAddress(env, tcp, 'localhost:1')).toEqual({
      kind: 'tcp',
      host: 'localhost',
      port: 1,
    });
  });

  it('that are no address are refused by name', () => {
    const tcp = { server: { listen: { type: 'tcp' as const, address: 'a b' } } };
    expect(() => listenAddress(env, tcp)).toThrow(/^server\.listen\.address: "a b" is no address/);
    const unix = { server: { listen: { type: 'unix' as const, path: 'rel.sock' } } };
    expect(() => listenAddress(env, unix)).toThrow(/^server\.listen\.path is "rel\.sock"/);
  });
});

describe('--bind (decision 3)', () => {
  it.each([
    ['localhost', { kind: 'tcp', host: 'localhost', port: 3000 }],
    ['127.0.0.1', { kind: 'tcp', host: '127.0.0.1', port: 3000 }],
    ['127.0.0.1:8080', { kind: 'tcp', host: '127.0.0.1', port: 8080 }],
    ['build-1.example.com:0', { kind: 'tcp', host: 'build-1.example.com', port: 0 }],
    ['[::1]', { kind: 'tcp', host: '::1', port: 3000 }],
    ['[::1]:81', { kind: 'tcp', host: '::1', port: 81 }],
    ['unix:/run/f.sock', { kind: 'unix', path: '/run/f.sock' }],
    ['/run/f.sock', { kind: 'unix', path: '/run/f.sock' }],
    ['unix:~/f.sock', { kind: 'unix', path: '/home/me/f.sock' }],
  ])('%s is understood', (text, address) => {
    expect(parseBind(text, env)).toEqual(address);
  });

  it.each([
    '',
    '3000',
    ':3000',
    'host:99999',
    'host:port',
    'http://host',
    'unix:rel',
    '::1',
    'a/b',
  ])('%j is refused with what is allowed', (text) => {
    expect(() => parseBind(text, env)).toThrow(/is no address to listen on; give host, host:port/);
  });
});

describe('--server', () => {
  it('takes a URL or a socket', () => {
    expect(parseServer('https://fabro.example.com/')).toEqual({
      kind: 'http',
      url: 'https://fabro.example.com',
    });
    expect(parseServer('unix:///run/f.sock')).toEqual({ kind: 'unix', path: '/run/f.sock' });
    expect(() => parseServer('localhost:3000')).toThrow(/"localhost:3000" is no server address/);
  });

  it('prints IPv6 hosts in brackets', () => {
    expect(httpUrl({ kind: 'tcp', host: '::1', port: 3000 })).toBe('http://[::1]:3000');
  });
});
