import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Expense, balances } from '../src/ledger.js';
import { formatCents, parseCents } from '../src/money.js';
import { afterTransfers, settle } from '../src/settle.js';

const weekend: readonly Expense[] = [
  {
    what: 'Cabin',
    paidBy: 'Ana',
    amount: parseCents('240.00'),
    shares: { Ana: 1, Ben: 1, Cleo: 1 },
  },
  {
    what: 'Dinner',
    paidBy: 'Ben',
    amount: parseCents('85.50'),
    shares: { Ana: 2, Ben: 2, Cleo: 1 },
  },
];

function inWords(expenses: readonly Expense[]): Record<string, string> {
  const before = balances(expenses);
  const after = afterTransfers(before, settle(before));
  return Object.fromEntries([...after].map(([name, cents]) => [name, formatCents(cents)]));
}

test('whoever owes most pays whoever is owed most', () => {
  assert.deepEqual(settle(balances(weekend)), [
    { from: 'Cleo', to: 'Ana', amount: 9710 },
    { from: 'Ben', to: 'Ana', amount: 2870 },
  ]);
});

test('after the transfers everybody is at zero', () => {
  assert.deepEqual(inWords(weekend), { Ana: '0.00', Ben: '0.00', Cleo: '0.00' });
});

test('everybody is at zero when the fuel does not divide by three', () => {
  const fuel = {
    what: 'Fuel',
    paidBy: 'Cleo',
    amount: parseCents('50.00'),
    shares: { Ana: 1, Ben: 1, Cleo: 1 },
  };
  assert.deepEqual(inWords([...weekend, fuel]), { Ana: '0.00', Ben: '0.00', Cleo: '0.00' });
});
