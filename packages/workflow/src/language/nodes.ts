/** The nodes of a text that need not parse: their ids, and what each of them does. */
import { type Attribute, typedText } from '../graph/attributes.js';
import { EXIT_IDS, START_IDS } from '../graph/assemble.js';
import { type HandlerType, resolveHandlerType } from '../graph/handler-type.js';
import { START_OF_TEXT } from '../text/position.js';
import { unescape } from '../dot/escapes.js';
import {
  type Outline,
  type OutlineAttribute,
  type OutlineStatement,
  type OutlineValue,
  type Word,
  allStatements,
  attributesIn,
  idsIn,
} from './outline.js';
import { outlineOf } from './read-outline.js';
import { type Span, tokenizeDot } from './tokens.js';

const ID = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The attributes that decide what a node does. */
const DECIDING = ['shape', 'type', 'prompt'];

/** Every node id, in order of first mention. */
export function nodeIds(outline: Outline): string[] {
  const ids = new Set<string>();
  for (const statement of allStatements(outline.statements))
    for (const { text } of idsIn(statement)) if (ID.test(text)) ids.add(text);
  return [...ids];
}

/**
 * Every node id but for what is being typed at `typed`. A quote that is not closed yet would hide the rest of
 * the text, so then the lines above and below the cursor are read apart.
 */
export function nodeIdsAround(source: string, typed: Span): string[] {
  const before = source.slice(0, typed.start);
  const after = source.slice(typed.end);
  const broken = tokenizeDot(source).some(({ kind, closed }) => kind === 'text' && !closed);
  const newline = after.indexOf('\n');
  const below = newline === -1 ? '' : after.slice(newline);
  const parts = broken ? [before, below] : [`${before} ${after}`];
  return [...new Set(parts.flatMap((part) => nodeIds(outlineOf(part))))];
}

/** Where a node is declared: its own statements, else its first mention in an edge. */
export function declarationsOf(outline: Outline, id: string): Word[] {
  const declared: Word[] = [];
  let mentioned: Word | undefined;
  for (const statement of allStatements(outline.statements)) {
    if (statement.kind === 'node' && statement.id.text === id) declared.push(statement.id);
    mentioned ??= idsIn(statement).find(({ text }) => text === id);
  }
  return declared.length > 0 ? declared : mentioned === undefined ? [] : [mentioned];
}

/** What every node does, by what is written about it and by the defaults around its first mention. */
export function handlersOf(outline: Outline): ReadonlyMap<string, HandlerType> {
  const attributes = new Map<string, Deciding>();
  for (const { statement, defaults } of withDefaults(outline.statements))
    for (const { text } of idsIn(statement)) {
      const known = attributes.get(text) ?? defaults;
      const own = statement.kind === 'node' ? attributesIn(statement) : [];
      attributes.set(text, own.length === 0 ? known : merged(known, own));
    }
  return new Map([...attributes].map(([id, own]) => [id, handlerBy(id, own)]));
}

/** What one node does; agent for one that is not there. */
export function handlerOf(outline: Outline, id: string): HandlerType {
  return handlersOf(outline).get(id) ?? handlerBy(id, NOTHING);
}

function handlerBy(id: string, attributes: Deciding): HandlerType {
  const byId = START_IDS.includes(id) ? 'start' : EXIT_IDS.includes(id) ? 'exit' : undefined;
  return resolveHandlerType({ attributes }, byId);
}

/** The value as the language reads it: escapes of quoted text are resolved. */
export function valueText(value: OutlineValue): string {
  return value.kind === 'text' ? unescape(value.text) : value.text;
}

/** The attributes that decide what a node does. */
type Deciding = ReadonlyMap<string, Attribute>;
const NOTHING: Deciding = new Map();

function merged(base: Deciding, own: readonly OutlineAttribute[]): Deciding {
  if (own.length === 0) return base;
  const result = new Map(base);
  for (const { key, value } of own)
    if (value !== undefined && DECIDING.includes(key.text))
      result.set(key.text, { ...typedText(valueText(value)), position: START_OF_TEXT });
  return result;
}

interface Defaulted {
  readonly statement: OutlineStatement;
  readonly defaults: Deciding;
}

/** Statements with the `node [...]` defaults in force: those before them, and all of their subgraph's. */
function* withDefaults(root: readonly OutlineStatement[]): Generator<Defaulted, void> {
  const waiting: SubgraphLevel[] = [];
  let defaults = NOTHING;
  for (const statement of root) {
    defaults = merged(defaults, defaultsIn(statement));
    if (statement.kind === 'subgraph') waiting.push({ statements: statement.statements, defaults });
    yield { statement, defaults };
  }
  for (let level = waiting.pop(); level !== undefined; level = waiting.pop()) {
    const inner = merged(level.defaults, level.statements.flatMap(defaultsIn));
    for (const statement of level.statements) {
      if (statement.kind === 'subgraph')
        waiting.push({ statements: statement.statements, defaults: inner });
      yield { statement, defaults: inner };
    }
  }
}

interface SubgraphLevel {
  readonly statements: readonly OutlineStatement[];
  readonly defaults: Deciding;
}

function defaultsIn(statement: OutlineStatement): readonly OutlineAttribute[] {
  return statement.kind === 'defaults' && statement.scope === 'node' ? attributesIn(statement) : [];
}
