/** Amounts of money are whole cents, so that sums are exact. */
export type Cents = number;

const AMOUNT = /^(-?)(\d{1,9})(?:\.(\d{2}))?$/;

/** Reads `12`, `12.30` or `-0.05`. Throws a RangeError on anything else. */
export function parseCents(text: string): Cents {
  const match = AMOUNT.exec(text.trim());
  if (match === null) throw new RangeError(`"${text}" is no amount; write it like 12 or 12.30`);
  const cents = Number(match[2]) * 100 + Number(match[3] ?? '0');
  return match[1] === '-' && cents !== 0 ? -cents : cents;
}

/** Writes `12.30`. */
export function formatCents(cents: Cents): string {
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
