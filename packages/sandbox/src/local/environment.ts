/** Which variables of the server's environment its children see (engine reference §10, design 14). */

const INHERITED = new Set([
  'PATH',
  'HOME',
  'USER',
  'SHELL',
  'LANG',
  'TERM',
  'TMPDIR',
  'GOPATH',
  'CARGO_HOME',
  'NVM_DIR',
]);

const SECRET = /_(?:api_key|secret|token|password|credential)$/i;

/**
 * The environment of a child: of `base` what is on the list, then `extra` whole; from both without
 * variables whose names end like those of secrets.
 */
export function childEnvironment(
  base: Readonly<Record<string, string | undefined>>,
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const inherited = Object.entries(base).filter(
    ([name]) => INHERITED.has(name) || name.startsWith('LC_'),
  );
  const env: Record<string, string> = {};
  for (const [name, value] of [...inherited, ...Object.entries(extra)]) {
    if (value !== undefined && !SECRET.test(name)) env[name] = value;
  }
  return env;
}
