/** What is known of an attribute, in Markdown. */
import type { AttributeScope, AttributeSpec, AttributeType } from '../catalogue/attribute-spec.js';
import { ATTRIBUTES, findAttribute } from '../catalogue/attributes.js';
import { DRAWING_ATTRIBUTES } from '../catalogue/graphviz-names.js';
import type { HandlerType } from '../graph/handler-type.js';
import { nearMatches } from '../text/suggest.js';

const TYPE_WORDS: Readonly<Record<AttributeType, string>> = {
  text: 'text',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean: `true` or `false`, without quotes',
  duration: 'duration: `250ms`, `30s`, `5m`, `2h`, `1d`',
};

/** Type, meaning, default, allowed values and source of an attribute. */
export function attributeHelp(spec: AttributeSpec): string {
  const { name, scope, type, doc, handlers, values, min, checkedBy, source } = spec;
  const readers = handlers === undefined ? '' : `, read by ${handlers.map(code).join(', ')}`;
  const facts = [
    `Type: ${TYPE_WORDS[type]}${min === undefined ? '' : `, at least ${min}`}`,
    ...(values === undefined ? [] : [`Values: ${values.map(code).join(', ')}`]),
    ...(spec.default === undefined ? [] : [`Default: ${defaultText(spec.default)}`]),
    ...(checkedBy === undefined ? [] : [`Checked by the rule ${code(checkedBy)}`]),
    `Source: ${source === 'ours' ? "Fabro's own" : `engine reference ${source}`}`,
  ];
  return [
    `**${name}**: attribute of ${OWNERS[scope]}${readers}`,
    doc,
    facts.map((fact) => `- ${fact}`).join('\n'),
  ].join('\n\n');
}

const OWNERS: Readonly<Record<AttributeScope, string>> = {
  graph: 'the graph',
  node: 'nodes',
  edge: 'edges',
};

/** What there is to say about an attribute where it is written, known or not. */
export function writtenAttributeHelp(
  name: string,
  scope: AttributeScope,
  handler: HandlerType | undefined,
): string {
  const spec = findAttribute(scope, name);
  if (spec === undefined) return unknownHelp(name, scope);
  const unread =
    handler !== undefined && spec.handlers !== undefined && !spec.handlers.includes(handler);
  const note = `\n\nThis node is of type ${code(handler ?? '')}, which does not read it.`;
  return attributeHelp(spec) + (unread ? note : '');
}

function unknownHelp(name: string, scope: AttributeScope): string {
  const elsewhere = ATTRIBUTES.filter((spec) => spec.name === name).map(
    (spec) => OWNERS[spec.scope],
  );
  const [near] = nearMatches(
    name,
    ATTRIBUTES.filter((spec) => spec.scope === scope).map((spec) => spec.name),
  );
  const why =
    elsewhere.length > 0
      ? `It belongs to ${elsewhere.join(' and ')}; here it changes nothing.`
      : DRAWING_ATTRIBUTES.has(name)
        ? 'Graphviz uses it to draw; to a run it means nothing.'
        : near === undefined
          ? 'It changes nothing.'
          : `It changes nothing. Did you mean ${code(near)}?`;
  return `**${name}**: no attribute of ${OWNERS[scope]} that Fabro knows\n\n${why}`;
}

/** Text as Markdown code, on one line. */
export function code(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  const fence = line.includes('`') ? '``' : '`';
  return fence === '`' ? `\`${line}\`` : `\`\` ${line} \`\``;
}

/** Defaults are words for people, but for those that are values as written. */
function defaultText(text: string): string {
  return /^[a-z0-9_.]+$/i.test(text) ? code(text) : text;
}
