/** The table `server` (engine reference §12). */
import { z } from 'zod';
import { KEY_DOCS } from './key-docs.js';
import { choice, count, duration, flag, requiredText, text, textByName, texts } from './values.js';

const ipAllowlist = z
  .strictObject({
    entries: texts('Addresses and ranges that may connect; an empty list lets everyone.'),
    trusted_proxy_count: count('Proxies in front of the server whose headers are believed.'),
  })
  .optional();

const objectStore = {
  provider: choice(['local', 's3'], 'Where it is kept.'),
  prefix: text('Put before every name.'),
  local: z.strictObject({ root: text('Folder of the local store.') }).optional(),
  s3: z
    .strictObject({
      bucket: text('Bucket.'),
      region: text('Region.'),
      endpoint: text('Address of a service that speaks the protocol of S3.', {
        default: 'that of AWS',
      }),
      path_style: flag('Puts the bucket into the path and not into the host name.'),
    })
    .optional(),
};

const github = z.strictObject({
  enabled: flag('Whether GitHub is used.'),
  strategy: choice(['token', 'app'], 'How the server says who it is.'),
  app_id: z
    .union([z.string(), z.number().int()])
    .register(KEY_DOCS, { doc: 'Id of the GitHub App.', type: 'text or whole number' })
    .optional(),
  client_id: text('Client id of the GitHub App.'),
  slug: text('Short name of the GitHub App.'),
  permissions: textByName('What its tokens may do.'),
  webhooks: z
    .strictObject({
      strategy: choice(['tailscale_funnel', 'server_url'], 'How GitHub reaches the server.'),
      ip_allowlist: ipAllowlist,
    })
    .optional(),
});
const switchable = z.strictObject({ enabled: flag('Whether it is used.') }).optional();

export const ServerTable = z.strictObject({
  listen: z
    .discriminatedUnion('type', [
      z.strictObject({
        type: z.literal('tcp').register(KEY_DOCS, { doc: 'Listens on a port.', type: 'tcp' }),
        address: requiredText('`host` or `host:port`.'),
      }),
      z.strictObject({
        type: z.literal('unix').register(KEY_DOCS, {
          doc: 'Listens on a socket.',
          type: 'unix',
          default: 'unix',
        }),
        path: z.string().register(KEY_DOCS, {
          doc: 'Absolute path of the socket.',
          type: 'text',
          default: '~/.fabro/fabro.sock',
        }),
      }),
    ])
    .optional(),
  api: z
    .strictObject({
      url: text('The address by which others reach the API, with `/api/v1`.', {
        default: 'that of the request',
      }),
    })
    .optional(),
  web: z
    .strictObject({
      enabled: flag('Serves the web pages.'),
      url: text('The address by which browsers reach them.'),
    })
    .optional(),
  auth: z
    .strictObject({
      methods: z
        .array(z.enum(['dev-token', 'github']))
        .register(KEY_DOCS, {
          doc: 'How callers may say who they are.',
          type: 'list of dev-token | github',
        })
        .optional(),
      github: z
        .strictObject({
          allowed_usernames: texts('Who may sign in by GitHub; required with that method.'),
        })
        .optional(),
    })
    .optional(),
  ip_allowlist: ipAllowlist,
  storage: z
    .strictObject({ root: text('The storage root.', { default: '~/.fabro/storage' }) })
    .optional(),
  artifacts: z.strictObject(objectStore).optional(),
  slatedb: z
    .strictObject({
      ...objectStore,
      flush_interval: duration('How long writes are gathered.'),
      disk_cache: flag('Keeps what was read on the disk.'),
    })
    .optional(),
  scheduler: z
    .strictObject({
      max_concurrent_runs: z
        .number()
        .int()
        .positive()
        .register(KEY_DOCS, { doc: 'Runs under way at once.', type: 'whole number from 1' })
        .optional(),
    })
    .optional(),
  logging: z
    .strictObject({
      level: text('Least level of log lines.'),
      destination: choice(['file', 'stdout'], 'Where log lines go.'),
    })
    .optional(),
  integrations: z
    .strictObject({
      github: github.optional(),
      slack: z
        .strictObject({
          enabled: flag('Whether it is used.'),
          default_channel: text('Channel of what names none.'),
        })
        .optional(),
      discord: switchable,
      teams: switchable,
    })
    .optional(),
  env_allow: texts(
    'Variables of the server that a manifest from another host may name in `{{ env.NAME }}`.',
  ),
});
