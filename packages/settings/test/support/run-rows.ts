/** The rows of §12 about projects, workflows and runs, each with every key that it has. */
export const RUN_ROWS = [
  [
    'project; workflow',
    `[project]
name = "shop"
description = "Sells"
metadata = { team = "core" }
directory = "fabro"
[workflow]
name = "ship"
description = "Ships"
metadata = { team = "core" }
graph = "main.fabro"`,
    {
      project: {
        name: 'shop',
        description: 'Sells',
        metadata: { team: 'core' },
        directory: 'fabro',
      },
      workflow: {
        name: 'ship',
        description: 'Ships',
        metadata: { team: 'core' },
        graph: 'main.fabro',
      },
    },
  ],
  [
    'run',
    `[run]
goal = { file = "goal.md" }
working_dir = "sub"
metadata = { a = "b" }
[run.inputs]
text = "x"
deep = { list = [1, 2.5, true] }`,
    {
      run: {
        goal: { file: 'goal.md' },
        working_dir: 'sub',
        metadata: { a: 'b' },
        inputs: { text: 'x', deep: { list: [1, 2.5, true] } },
      },
    },
  ],
  [
    'run.model; run.git.author',
    `run.model = { provider = "openai", name = "m", fallbacks = ["a"] }
run.git.author = { name = "n", email = "e" }`,
    {
      run: {
        model: { provider: 'openai', name: 'm', fallbacks: ['a'] },
        git: { author: { name: 'n', email: 'e' } },
      },
    },
  ],
  [
    'run.prepare',
    `[run.prepare]
timeout = "90s"
steps = [{ script = "a", env = { A = "1" } }, { command = ["b"] }]`,
    {
      run: {
        prepare: {
          timeout: 90_000,
          steps: [{ script: 'a', env: { A: '1' } }, { command: ['b'] }],
        },
      },
    },
  ],
  [
    'run.execution; run.checkpoint',
    `run.execution = { mode = "dry_run", approval = "auto", retros = false }
run.checkpoint = { exclude_globs = ["*.log"] }`,
    {
      run: {
        execution: { mode: 'dry_run', approval: 'auto', retros: false },
        checkpoint: { exclude_globs: ['*.log'] },
      },
    },
  ],
  [
    'run.sandbox',
    `run.sandbox = { provider = "daytona", preserve = true, devcontainer = true, env = { A = "1" } }`,
    {
      run: {
        sandbox: { provider: 'daytona', preserve: true, devcontainer: true, env: { A: '1' } },
      },
    },
  ],
  [
    'run.sandbox.local / .docker',
    `[run.sandbox.local]
worktree_mode = "clean"
[run.sandbox.docker]
image = "debian"
network_mode = "none"
memory_limit = "512MiB"
cpu_quota = 100000
env_vars = { A = "1" }
skip_clone = true`,
    {
      run: {
        sandbox: {
          local: { worktree_mode: 'clean' },
          docker: {
            image: 'debian',
            network_mode: 'none',
            memory_limit: 536_870_912,
            cpu_quota: 100_000,
            env_vars: { A: '1' },
            skip_clone: true,
          },
        },
      },
    },
  ],
  [
    'run.sandbox.daytona',
    `[run.sandbox.daytona]
auto_stop_interval = 30
labels = { a = "b" }
network = { allow_list = ["10.0.0.0/8"] }
skip_clone = true
[run.sandbox.daytona.snapshot]
name = "s"
cpu = 2
memory = 8
disk = "20GiB"
dockerfile = { path = "Dockerfile" }`,
    {
      run: {
        sandbox: {
          daytona: {
            auto_stop_interval: 30,
            labels: { a: 'b' },
            network: { allow_list: ['10.0.0.0/8'] },
            skip_clone: true,
            snapshot: {
              name: 's',
              cpu: 2,
              memory: 8_000_000_000,
              disk: 21_474_836_480,
              dockerfile: { path: 'Dockerfile' },
            },
          },
        },
      },
    },
  ],
  [
    'run.notifications.N; run.interviews',
    `[run.notifications.team]
enabled = true
events = ["run.failed"]
provider = "slack"
slack = { channel = "a" }
discord = { channel = "b" }
teams = { channel = "c" }
[run.interviews]
provider = "teams"
slack = { channel = "a" }
discord = { channel = "b" }
teams = { channel = "c" }`,
    {
      run: {
        notifications: {
          team: {
            enabled: true,
            events: ['run.failed'],
            provider: 'slack',
            slack: { channel: 'a' },
            discord: { channel: 'b' },
            teams: { channel: 'c' },
          },
        },
        interviews: {
          provider: 'teams',
          slack: { channel: 'a' },
          discord: { channel: 'b' },
          teams: { channel: 'c' },
        },
      },
    },
  ],
  [
    'run.agent',
    `[run.agent]
permissions = "read-only"
[run.agent.mcps.a]
type = "http"
enabled = false
url = "u"
headers = { H = "1" }
startup_timeout = "1s"
tool_timeout = "2m"
[run.agent.mcps.b]
type = "stdio"
enabled = true
script = "s"
env = { A = "1" }
startup_timeout = "1s"
tool_timeout = "2m"
[run.agent.mcps.c]
type = "sandbox"
enabled = true
command = ["c"]
env = { A = "1" }
port = 3000
startup_timeout = "1s"
tool_timeout = "2m"`,
    {
      run: {
        agent: {
          permissions: 'read-only',
          mcps: {
            a: {
              type: 'http',
              enabled: false,
              url: 'u',
              headers: { H: '1' },
              startup_timeout: 1_000,
              tool_timeout: 120_000,
            },
            b: {
              type: 'stdio',
              enabled: true,
              script: 's',
              env: { A: '1' },
              startup_timeout: 1_000,
              tool_timeout: 120_000,
            },
            c: {
              type: 'sandbox',
              enabled: true,
              command: ['c'],
              env: { A: '1' },
              port: 3000,
              startup_timeout: 1_000,
              tool_timeout: 120_000,
            },
          },
        },
      },
    },
  ],
  [
    '[[run.hooks]]',
    `[[run.hooks]]
id = "a"
name = "A"
event = "pre_tool_use"
matcher = "shell"
blocking = true
timeout = "5s"
sandbox = false
url = "https://h"
headers = { H = "{{ env.T }}" }
allowed_env_vars = ["T"]
tls = "off"
[[run.hooks]]
event = "run_start"
script = "s"
[[run.hooks]]
event = "run_start"
command = ["c"]
[[run.hooks]]
event = "run_start"
prompt = "p"
model = "haiku"
[[run.hooks]]
event = "run_start"
agent = "enabled"
max_tool_rounds = 3`,
    {
      run: {
        hooks: [
          {
            id: 'a',
            name: 'A',
            event: 'pre_tool_use',
            matcher: 'shell',
            blocking: true,
            timeout: 5_000,
            sandbox: false,
            url: 'https://h',
            headers: { H: '{{ env.T }}' },
            allowed_env_vars: ['T'],
            tls: 'off',
          },
          { event: 'run_start', script: 's' },
          { event: 'run_start', command: ['c'] },
          { event: 'run_start', prompt: 'p', model: 'haiku' },
          { event: 'run_start', agent: 'enabled', max_tool_rounds: 3 },
        ],
      },
    },
  ],
  [
    'run.scm / run.pull_request / run.artifacts',
    `run.scm = { provider = "github", owner = "o", repository = "r", github = {} }
run.pull_request = { enabled = true, draft = false, auto_merge = true, merge_strategy = "rebase" }
run.artifacts = { include = ["out/**"] }`,
    {
      run: {
        scm: { provider: 'github', owner: 'o', repository: 'r', github: {} },
        pull_request: { enabled: true, draft: false, auto_merge: true, merge_strategy: 'rebase' },
        artifacts: { include: ['out/**'] },
      },
    },
  ],
] as const;
