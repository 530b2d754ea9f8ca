export {
  fabroHome,
  httpUrl,
  listenAddress,
  parseBind,
  parseServer,
  serverAddress,
  settingsPath,
  storageRoot,
} from './addresses.js';
export type { AddressSettings, ListenAddress, ServerAddress } from './addresses.js';
export { mintDevToken, parseDevToken } from './dev-token.js';
export { childEnv, nameableEnv, resolveEnvTemplates } from './environment.js';
export type { Env } from './environment.js';
export { mergeSettings } from './merge.js';
export type { Goal, Settings } from './merge.js';
export { parseSettings } from './parse.js';
export { prepareOf } from './prepare.js';
export type { PrepareStep } from './prepare.js';
export { effectiveSettings } from './show/effective.js';
export type { EffectiveValue, LayerSource } from './show/effective.js';
export { effectiveObject, effectiveToml } from './show/to-toml.js';
export { tomlValue } from './show/toml-text.js';
export type { SettingsLayer } from './parse.js';
export { REDACTED, redact, secretsOf } from './redact.js';
export type { Redactor } from './redact.js';
export type { SettingsTables } from './schema/tables.js';
export { parseDuration } from './text/duration.js';
export { parseSize } from './text/size.js';
export { parseTomlValue } from './text/toml-value.js';
