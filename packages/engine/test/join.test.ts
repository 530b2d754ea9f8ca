/** Where branches come together. */
import { expect, test } from 'vitest';
import { joinOf } from '../src/join.js';
import { graphOf } from './hand-walk.js';

test.each<[string, string, string | undefined]>([
  ['the node after every branch', 'p -> a -> j p -> b -> j j -> exit', 'j'],
  [
    'a fan-in before a nearer plain node',
    'p -> a -> m -> f p -> b -> m f [shape=tripleoctagon]',
    'f',
  ],
  [
    'the nearest of several fan-ins',
    'f [shape=tripleoctagon] g [shape=tripleoctagon] p -> a -> f -> g p -> b -> f',
    'f',
  ],
  ['the nearest for the branch that is farthest', 'p -> a -> x -> y p -> b -> c -> x', 'x'],
  ['the first by id of equally near ones', 'p -> a p -> b a -> z a -> y b -> z b -> y', 'y'],
  ['a branch itself, when the others lead to it', 'p -> a p -> b b -> a', 'a'],
  ['not one that is reached only through the parallel node', 'p -> a -> p p -> b -> j', undefined],
  ['none, when they never meet', 'p -> a p -> b', undefined],
  ['none without edges', 'p', undefined],
  ['the exit', 'p -> a -> exit p -> b -> exit', 'exit'],
  ['one beyond a loop', 'p -> a a -> a2 a2 -> a a2 -> j p -> b -> j', 'j'],
])('%s', (_name, edges, expected) => {
  expect(joinOf(graphOf(`p [shape=component] ${edges}`), 'p')).toBe(expected);
});
