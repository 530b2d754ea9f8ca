import type { AttributeSpec, AttributeType } from '../../catalogue/attribute-spec.js';
import { readAttribute } from '../../catalogue/attributes.js';
import type { AttributeValue } from '../../graph/attributes.js';
import { SeenAttributes, holdsTemplate, shownValue } from '../written-attribute.js';
import { elements } from '../elements.js';
import type { Rule } from '../rule.js';

/** Values of a wrong type are not read at all (§1.1), so each of them is a wish that nobody hears. */
export const attributeType: Rule = {
  name: 'attribute_type',
  severity: 'warning',
  doc: 'The value of an attribute is of a type that is not read, so it has no effect.',
  source: 'ours',
  *check({ graph }) {
    const seen = new SeenAttributes();
    for (const { scope, name, attributes, node, edge } of elements(graph))
      for (const [key, attribute] of attributes) {
        const spec = readAttribute(scope, key, node?.handler);
        if (spec === undefined || isOfType(attribute, spec.type) || holdsTemplate(attribute))
          continue;
        if (!seen.isNew(attribute, key)) continue;
        yield {
          message: `${name} has ${key}=${shownValue(attribute)}, ${KIND_NAMES[attribute.kind]}, where ${TYPE_NAMES[spec.type]} is expected; it has no effect`,
          node,
          edge,
          fix: fixOf(spec, attribute),
          position: attribute.position,
        };
      }
  },
};

const KIND_NAMES = {
  string: 'a text',
  integer: 'a whole number',
  float: 'a number',
  boolean: 'a boolean',
  duration: 'a duration',
} as const satisfies Record<AttributeValue['kind'], string>;

const TYPE_NAMES = {
  text: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  duration: 'a duration',
} as const satisfies Record<AttributeType, string>;

function isOfType({ kind }: AttributeValue, type: AttributeType): boolean {
  switch (type) {
    case 'text':
      return kind === 'string';
    case 'number':
      return kind === 'integer' || kind === 'float';
    case 'integer':
    case 'boolean':
    case 'duration':
      return kind === type;
    default:
      return type satisfies never;
  }
}

function fixOf({ name, type, values }: AttributeSpec, value: AttributeValue): string {
  switch (type) {
    case 'text':
      if (values !== undefined) return `Use one of: ${values.join(', ')}`;
      return value.kind === 'duration'
        ? `Write ${name}="after ${value.text}", or with another word: a text that is only a duration is read as one`
        : `Write ${name}="${value.value}", with quotes`;
    case 'integer':
    case 'number':
      return numberFix(name, type, value);
    case 'boolean':
      return value.kind === 'string' && /^(true|false)$/i.test(value.value)
        ? `Write ${name}=${value.value.toLowerCase()}, without quotes`
        : `Write ${name}=true or ${name}=false`;
    case 'duration':
      return `Write ${name}=${durationOf(value)}; the units are ms, s, m, h and d`;
    default:
      return type satisfies never;
  }
}

function numberFix(name: string, type: 'integer' | 'number', value: AttributeValue): string {
  if (value.kind === 'float') return `Write a whole number, as ${name}=${Math.ceil(value.value)}`;
  const pattern = type === 'integer' ? /^-?\d{1,15}$/ : /^-?\d{0,15}\.?\d{1,15}$/;
  return value.kind === 'string' && pattern.test(value.value.trim())
    ? `Write ${name}=${value.value.trim()}, without quotes`
    : `Write a number, as ${name}=3`;
}

/** Words that people write for the units of durations. */
const UNITS: readonly (readonly [words: RegExp, unit: string])[] = [
  [/^(ms|msecs?|milliseconds?)$/, 'ms'],
  [/^(|s|secs?|seconds?)$/, 's'],
  [/^(m|mins?|minutes?)$/, 'm'],
  [/^(h|hrs?|hours?)$/, 'h'],
  [/^(d|days?)$/, 'd'],
];

/** The duration that was probably meant: a bare number counts seconds. */
function durationOf(value: AttributeValue): string {
  const text = value.kind === 'string' ? value.value.trim().toLowerCase() : String(value.value);
  const [, digits, word] = /^(\d{1,12})\s{0,5}([a-z]{0,12})$/.exec(text) ?? [];
  const unit = UNITS.find(([words]) => words.test(word ?? ''))?.[1];
  return digits === undefined || unit === undefined ? '10m' : digits + unit;
}
