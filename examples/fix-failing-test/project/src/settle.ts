import type { Balances } from './ledger.js';
import type { Cents } from './money.js';

export interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly amount: Cents;
}

/**
 * A short list of transfers after which everybody is at zero: again and again, whoever owes most pays
 * whoever is owed most.
 */
export function settle(balances: Balances): Transfer[] {
  const left = new Map(balances);
  const transfers: Transfer[] = [];
  for (;;) {
    const byAmount = [...left].sort(([a, x], [b, y]) => y - x || a.localeCompare(b));
    const creditor = byAmount.at(0);
    const debtor = byAmount.at(-1);
    if (creditor === undefined || debtor === undefined) return transfers;
    const amount = Math.min(creditor[1], -debtor[1]);
    if (amount <= 0) return transfers;
    transfers.push({ from: debtor[0], to: creditor[0], amount });
    left.set(creditor[0], creditor[1] - amount);
    left.set(debtor[0], debtor[1] + amount);
  }
}

/** The balances once the transfers are made. */
export function afterTransfers(balances: Balances, transfers: readonly Transfer[]): Balances {
  const left = new Map(balances);
  for (const { from, to, amount } of transfers) {
    left.set(from, (left.get(from) ?? 0) + amount);
    left.set(to, (left.get(to) ?? 0) - amount);
  }
  return left;
}
