import type { Cents } from './money.js';

/**
 * Divides an amount in proportion to weights, in whole cents.
 * Throws a RangeError when a weight is negative or all are zero.
 */
export function splitByWeight(total: Cents, weights: readonly number[]): Cents[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  if (sum <= 0 || weights.some((weight) => weight < 0))
    throw new RangeError(`weights ${weights.join(', ')}: none may be negative and one must count`);
  return weights.map((weight) => Math.round((total * weight) / sum));
}
