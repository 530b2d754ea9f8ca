import type { Cents } from './money.js';
import { splitByWeight } from './split.js';

/** Something that one person paid for several. */
export interface Expense {
  readonly what: string;
  readonly paidBy: string;
  readonly amount: Cents;
  /** Name to weight: two adults and a child who eats half are 2, 2 and 1. */
  readonly shares: Readonly<Record<string, number>>;
}

/** Name to what that person is owed; what they owe is negative. */
export type Balances = ReadonlyMap<string, Cents>;

/** What everybody is owed or owes once all expenses are shared out. */
export function balances(expenses: readonly Expense[]): Balances {
  const result = new Map<string, Cents>();
  const add = (name: string, cents: Cents): void => {
    result.set(name, (result.get(name) ?? 0) + cents);
  };
  for (const { paidBy, amount, shares } of expenses) {
    const names = Object.keys(shares);
    const owed = splitByWeight(amount, Object.values(shares));
    add(paidBy, amount);
    for (const [index, name] of names.entries()) add(name, -(owed[index] ?? 0));
  }
  return result;
}
