/** The rows of §12 about the command line, the server and features, each with every key that it has. */
export const OTHER_ROWS = [
  [
    'cli.target, cli.auth',
    `cli.target = { type = "http", url = "http://h" }
cli.auth = { strategy = "jwt" }`,
    { cli: { target: { type: 'http', url: 'http://h' }, auth: { strategy: 'jwt' } } },
  ],
  [
    'cli.target of a socket',
    'cli.target = { type = "unix", path = "/s" }',
    { cli: { target: { type: 'unix', path: '/s' } } },
  ],
  [
    'cli.exec',
    `[cli.exec]
prevent_idle_sleep = true
model = { provider = "p", name = "n" }
agent = { permissions = "full", mcps = { a = { type = "stdio", command = ["x"] } } }`,
    {
      cli: {
        exec: {
          prevent_idle_sleep: true,
          model: { provider: 'p', name: 'n' },
          agent: { permissions: 'full', mcps: { a: { type: 'stdio', command: ['x'] } } },
        },
      },
    },
  ],
  [
    'cli.output / updates / logging',
    `cli.output = { format = "json", verbosity = "quiet" }
cli.updates = { check = false }
cli.logging = { level = "debug" }`,
    {
      cli: {
        output: { format: 'json', verbosity: 'quiet' },
        updates: { check: false },
        logging: { level: 'debug' },
      },
    },
  ],
  [
    'server.listen, api, web',
    `server.listen = { type = "tcp", address = "h:1" }
server.api = { url = "https://h/api/v1" }
server.web = { enabled = false, url = "https://h" }`,
    {
      server: {
        listen: { type: 'tcp', address: 'h:1' },
        api: { url: 'https://h/api/v1' },
        web: { enabled: false, url: 'https://h' },
      },
    },
  ],
  [
    'server.listen on a socket',
    'server.listen = { type = "unix", path = "/s" }',
    { server: { listen: { type: 'unix', path: '/s' } } },
  ],
  [
    'server.auth; server.ip_allowlist',
    `server.auth = { methods = ["dev-token", "github"], github = { allowed_usernames = ["ada"] } }
server.ip_allowlist = { entries = ["10.0.0.0/8"], trusted_proxy_count = 1 }`,
    {
      server: {
        auth: { methods: ['dev-token', 'github'], github: { allowed_usernames: ['ada'] } },
        ip_allowlist: { entries: ['10.0.0.0/8'], trusted_proxy_count: 1 },
      },
    },
  ],
  [
    'server.storage, artifacts, slatedb',
    `[server.storage]
root = "/r"
[server.artifacts]
provider = "s3"
prefix = "p"
local = { root = "/l" }
s3 = { bucket = "b", region = "r", endpoint = "e", path_style = true }
[server.slatedb]
provider = "local"
prefix = "p"
local = { root = "/l" }
s3 = { bucket = "b", region = "r", endpoint = "e", path_style = true }
flush_interval = "5ms"
disk_cache = true`,
    {
      server: {
        storage: { root: '/r' },
        artifacts: {
          provider: 's3',
          prefix: 'p',
          local: { root: '/l' },
          s3: { bucket: 'b', region: 'r', endpoint: 'e', path_style: true },
        },
        slatedb: {
          provider: 'local',
          prefix: 'p',
          local: { root: '/l' },
          s3: { bucket: 'b', region: 'r', endpoint: 'e', path_style: true },
          flush_interval: 5,
          disk_cache: true,
        },
      },
    },
  ],
  [
    'server.scheduler, logging',
    `server.scheduler.max_concurrent_runs = 2
server.logging = { level = "debug", destination = "stdout" }
server.env_allow = ["A"]`,
    {
      server: {
        scheduler: { max_concurrent_runs: 2 },
        logging: { level: 'debug', destination: 'stdout' },
        env_allow: ['A'],
      },
    },
  ],
  [
    'server.integrations',
    `[server.integrations.github]
enabled = false
strategy = "app"
app_id = 12
client_id = "c"
slug = "s"
permissions = { contents = "read" }
webhooks = { strategy = "tailscale_funnel", ip_allowlist = { entries = [], trusted_proxy_count = 2 } }
[server.integrations]
slack = { enabled = true, default_channel = "c" }
discord = { enabled = true }
teams = { enabled = true }`,
    {
      server: {
        integrations: {
          github: {
            enabled: false,
            strategy: 'app',
            app_id: 12,
            client_id: 'c',
            slug: 's',
            permissions: { contents: 'read' },
            webhooks: {
              strategy: 'tailscale_funnel',
              ip_allowlist: { entries: [], trusted_proxy_count: 2 },
            },
          },
          slack: { enabled: true, default_channel: 'c' },
          discord: { enabled: true },
          teams: { enabled: true },
        },
      },
    },
  ],
  ['features', 'features.session_sandboxes = true', { features: { session_sandboxes: true } }],
] as const;
