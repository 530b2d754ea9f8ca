/** Files that `fabro workflow create` and `fabro repo init` write. Pure. */
import { tomlValue } from '@fabro/settings';

/** A file to write: its path with slashes, relative to the folder that it is for, and its text. */
export interface ScaffoldFile {
  readonly path: string;
  readonly text: string;
}

/** A workflow to begin with: an agent, and a check of what it did. Paths are relative to the workflow's folder. */
export function workflowFiles(name: string): readonly ScaffoldFile[] {
  return [
    {
      path: 'workflow.toml',
      text: `_version = 1

[workflow]
description = "What ${name} is for, in a sentence"

# Values of {{ inputs.NAME }} in the graph; \`fabro run ${name} --input NAME=VALUE\` replaces them.
[run.inputs]
style = "as simple as possible"
`,
    },
    {
      path: 'workflow.fabro',
      text: `// fabro validate ${name}        looks for mistakes
// fabro run ${name} --dry-run   walks the graph without a model
digraph ${graphName(name)} {
  graph [goal="Say here what a run is to reach"]

  start [shape=Mdiamond, label="Start"]
  exit  [shape=Msquare, label="Exit"]

  work  [label="Work", max_visits=5, prompt="Reach this goal, {{ inputs.style }}: {{ goal }}"]
  check [label="Check", shape=parallelogram, script="echo 'Put a command here that fails while the goal is not reached'"]

  start -> work -> check
  check -> exit [label="Reached", condition="outcome=succeeded"]
  check -> work [label="Try again"]
}
`,
    },
  ];
}

/** What makes a folder a project, with a workflow that runs at once. Paths are relative to the project's root. */
export function projectFiles(projectName: string): readonly ScaffoldFile[] {
  return [
    {
      path: '.fabro/project.toml',
      text: `_version = 1

[project]
name = ${tomlValue(projectName)}
`,
    },
    {
      path: '.fabro/workflows/hello/workflow.toml',
      text: `_version = 1

[workflow]
description = "Says hello: the smallest workflow that does something"

[run.inputs]
name = "world"
`,
    },
    {
      path: '.fabro/workflows/hello/workflow.fabro',
      text: `// fabro run hello --input name=Ada
digraph Hello {
  graph [goal="Say hello to {{ inputs.name }}"]

  start [shape=Mdiamond, label="Start"]
  exit  [shape=Msquare, label="Exit"]

  greet [label="Greet", shape=parallelogram, script="echo 'Hello, {{ inputs.name }}!'"]

  start -> greet -> exit
}
`,
    },
  ];
}

/** `fix-tests` → `FixTests`. */
function graphName(name: string): string {
  return name
    .split(/[-_]+/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('')
    .replace(/^(?=\d)/, '_');
}
