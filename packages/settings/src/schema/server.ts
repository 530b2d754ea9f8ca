/** The table `server` (engine reference §12). */
import { z } from 'zod';
import { count, duration, flag, text, textByName, texts } from './values.js';

const ipAllowlist = z.strictObject({ entries: texts, trusted_proxy_count: count }).optional();

const objectStore = {
  provider: z.enum(['local', 's3']).optional(),
  prefix: text,
  local: z.strictObject({ root: text }).optional(),
  s3: z.strictObject({ bucket: text, region: text, endpoint: text, path_style: flag }).optional(),
};

const github = z.strictObject({
  enabled: flag,
  strategy: z.enum(['token', 'app']).optional(),
  app_id: z.union([z.string(), z.number().int()]).optional(),
  client_id: text,
  slug: text,
  permissions: textByName,
  webhooks: z
    .strictObject({
      strategy: z.enum(['tailscale_funnel', 'server_url']).optional(),
      ip_allowlist: ipAllowlist,
    })
    .optional(),
});
const switchable = z.strictObject({ enabled: flag }).optional();

export const ServerTable = z.strictObject({
  listen: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('tcp'), address: z.string() }),
      z.strictObject({ type: z.literal('unix'), path: z.string() }),
    ])
    .optional(),
  api: z.strictObject({ url: text }).optional(),
  web: z.strictObject({ enabled: flag, url: text }).optional(),
  auth: z
    .strictObject({
      methods: z.array(z.enum(['dev-token', 'github'])).optional(),
      github: z.strictObject({ allowed_usernames: texts }).optional(),
    })
    .optional(),
  ip_allowlist: ipAllowlist,
  storage: z.strictObject({ root: text }).optional(),
  artifacts: z.strictObject(objectStore).optional(),
  slatedb: z
    .strictObject({ ...objectStore, flush_interval: duration, disk_cache: flag })
    .optional(),
  scheduler: z
    .strictObject({ max_concurrent_runs: z.number().int().positive().optional() })
    .optional(),
  logging: z
    .strictObject({ level: text, destination: z.enum(['file', 'stdout']).optional() })
    .optional(),
  integrations: z
    .strictObject({
      github: github.optional(),
      slack: z.strictObject({ enabled: flag, default_channel: text }).optional(),
      discord: switchable,
      teams: switchable,
    })
    .optional(),
  /** Variables of the server's environment that a manifest from elsewhere may name in `{{ env.X }}`. */
  env_allow: texts,
});
