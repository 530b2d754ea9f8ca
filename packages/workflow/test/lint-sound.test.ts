/** Realistic workflows that hold every node type and every attribute: nothing is to be said about them. */
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  ATTRIBUTES,
  HANDLER_TYPES,
  type Graph,
  type ModelNames,
  diagnosticLine,
  prepare,
} from '@fabro/workflow';
import { ENGINE } from './support/engine.js';

const FOLDER = new URL('sound/', import.meta.url);
const FILES = new Map([['prompts/fix.md', 'Mend what the tests say: {{ goal }}']]);
const INPUTS = { repository: 'https://example.com/a.git', patience: '10m', area: 'the API' };

/** Accepts every name: what models there are is no question of the language. */
const ANY_MODEL: ModelNames = {
  model: (name) => ({ id: name, provider: 'anthropic' }),
  provider: (name) => ({ id: name, listsModels: true }),
  providers: [],
  similarModels: () => [],
};

const prepared = readdirSync(FOLDER)
  .toSorted()
  .map((name) => ({
    name,
    result: prepare({
      source: readFileSync(new URL(name, FOLDER), 'utf8'),
      path: name,
      files: FILES,
      inputs: INPUTS,
      models: ANY_MODEL,
      templates: ENGINE,
    }),
  }));

describe('a sound workflow has no diagnostics', () => {
  it.each(prepared)('$name', ({ result }) => {
    expect(result.diagnostics.map(diagnosticLine)).toEqual([]);
    expect(result.ok).toBe(true);
  });
});

describe('the sound workflows together hold', () => {
  const graphs = prepared.flatMap(({ result }): Graph[] =>
    result.graph === undefined ? [] : [result.graph],
  );
  const nodes = graphs.flatMap((graph) => [...graph.nodes.values()]);

  it('every node type', () => {
    const types = new Set(nodes.map(({ handler }) => handler));
    expect(HANDLER_TYPES.filter((type) => !types.has(type))).toEqual([]);
  });

  it('every attribute, but those of imports and other ways to name a child', () => {
    const written = {
      graph: new Set(graphs.flatMap(({ attributes }) => [...attributes.keys()])),
      node: new Set(nodes.flatMap(({ attributes }) => [...attributes.keys()])),
      edge: new Set(graphs.flatMap(({ edges }) => edges.flatMap((e) => [...e.attributes.keys()]))),
    };
    const missing = ATTRIBUTES.filter(({ scope, name }) => !written[scope].has(name));
    expect(missing.map(({ scope, name }) => `${scope} ${name}`)).toEqual([
      'node import',
      'node import_error',
      'node stack.child_dot_source',
      'node stack.child_dotfile',
    ]);
  });
});
