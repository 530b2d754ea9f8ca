/** The reference pages of the language: its attributes and its lint rules. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './paths.mjs';

const EXAMPLES = 'docs/reference/lint';

const SCOPES = {
  graph: ['Graph', 'Written as `graph [name = value]` or `name = value` on a line of its own.'],
  node: [
    'Nodes',
    'Written as `id [name = value]`; `node [name = value]` holds for the nodes below.',
  ],
  edge: [
    'Edges',
    'Written as `a -> b [name = value]`; `edge [name = value]` holds for the edges below.',
  ],
};
const TYPES = {
  text: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: '`true` or `false`',
  duration: 'duration',
};

/** A table of attributes for each scope. */
export async function attributesPage({ load, page, table }) {
  const { ATTRIBUTES } = await load('packages/workflow/src/catalogue/attributes.ts');
  const sections = Object.entries(SCOPES).map(([scope, [title, how]]) =>
    [
      `## ${title}`,
      how,
      table(
        ['attribute', 'value', 'default', ...(scope === 'node' ? ['read by'] : []), 'meaning'],
        ATTRIBUTES.filter((spec) => spec.scope === scope).map((spec) => [
          `\`${spec.name}\``,
          valueOf(spec),
          defaultOf(spec),
          ...(scope === 'node' ? [readersOf(spec)] : []),
          spec.source === 'ours' ? `${spec.doc} (Ours.)` : spec.doc,
        ]),
      ),
    ].join('\n\n'),
  );
  return page(
    'Attributes',
    'Every attribute that has a meaning. All others are free to use and change nothing. A value of another ' +
      'type than the one named here is not read; [`attribute_type`](lint.md#attribute_type) says so. Quoted or ' +
      'not makes no difference between a text and a word; a text that is wholly a duration, such as `"5m"`, is ' +
      'a duration. Attributes that only draw (`color`, `style`, `fontname` and so on) go into pictures as they are.',
    ...sections,
  );
}

/** More types than this are told by what is left out. */
const MOST_LISTED = 5;

function readersOf({ handlers }) {
  if (handlers === undefined) return 'all';
  if (handlers.length > MOST_LISTED) return 'all but start and exit';
  return handlers.map((handler) => `\`${handler}\``).join(', ');
}

function valueOf({ type, values, min }) {
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(', ');
  return min === undefined ? TYPES[type] : `${TYPES[type]}, ${min} or more`;
}

/** A default is words or a literal value. */
function defaultOf({ default: written, type, values }) {
  if (written === undefined) return '';
  const literal = values?.includes(written) || (type !== 'text' && /^[\w.]+$/.test(written));
  return literal ? `\`${written}\`` : written;
}

/** Each rule with its example and what `fabro validate` says about that. */
export async function lintPage({ load, page, table, text }) {
  const { LINT_RULES, formatDiagnostic, prepare } = await load('packages/workflow/src/index.ts');
  const { MODEL_NAMES } = await load('packages/models/src/index.ts');
  const section = (rule) => {
    const path = `${EXAMPLES}/${rule.name}.fabro`;
    const head = [`## ${rule.name}`, `${capital(rule.severity)}. ${rule.doc}`];
    if (!existsSync(join(ROOT, path)))
      return [
        ...head,
        'No text brings it about, because an edge makes the nodes that it names; a graph that a program put together can.',
      ];
    const source = text(path);
    const { diagnostics } = prepare({ source, path: `${rule.name}.fabro`, models: MODEL_NAMES });
    const own = diagnostics.filter((diagnostic) => diagnostic.rule === rule.name);
    if (own.length === 0) throw new Error(`${path} does not bring about ${rule.name}`);
    const shown = own.map((diagnostic) =>
      formatDiagnostic(diagnostic, source, `${rule.name}.fabro`),
    );
    return [...head, `\`\`\`dot\n${source}\`\`\``, `\`\`\`text\n${shown.join('\n')}\n\`\`\``];
  };
  return page(
    'Lint',
    'What `fabro validate` looks for, in the order in which it reports. Errors refuse the workflow, warnings do ' +
      'not. Every diagnostic is `{rule, severity, message, node_id, edge, fix, position}`; `position.origin` ' +
      'is the place in an imported workflow or another named file. Three ' +
      'more names are no rules: `parse_error`, a text that cannot be read, `template_error`, a template that cannot ' +
      'be rendered, and `child_workflow`, a child workflow that is not there or cannot be read. The examples are the files in ' +
      '[lint](lint/start_node.fabro).',
    table(
      ['rule', 'severity', 'reports', 'from'],
      LINT_RULES.map(({ name, severity, doc, source }) => [
        `[\`${name}\`](#${name})`,
        severity,
        doc,
        source === 'ours' ? 'ours' : 'the language',
      ]),
    ),
    ...LINT_RULES.flatMap(section),
  );
}

const capital = (word) => word[0].toUpperCase() + word.slice(1);
