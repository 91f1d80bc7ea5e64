import type { Money } from '@entrepot/kernel';

export type LedgerAccount = 'provider_receivable' | 'sales' | 'tax_payable' | 'refunds';

/** Debits positive, credits negative. */
export interface LedgerEntry {
  readonly account: LedgerAccount;
  readonly amount: Money;
}

/** The provider owes us the gross amount; we earned the net one and owe the tax. */
export function captureEntries(gross: Money, tax: Money): LedgerEntry[] {
  return balanced([
    { account: 'provider_receivable', amount: gross },
    { account: 'sales', amount: gross.minus(tax).negated() },
    { account: 'tax_payable', amount: tax.negated() },
  ]);
}

/** The way back: refunds stay visible beside sales instead of lowering them. */
export function refundEntries(gross: Money, tax: Money): LedgerEntry[] {
  return balanced([
    { account: 'refunds', amount: gross.minus(tax) },
    { account: 'tax_payable', amount: tax },
    { account: 'provider_receivable', amount: gross.negated() },
  ]);
}

/** Leaves out sides of zero and asserts that the rest sums to zero; the database asserts it again. */
function balanced(entries: readonly LedgerEntry[]): LedgerEntry[] {
  const moving = entries.filter(({ amount }) => amount.amountMinor !== 0n);
  const sum = moving.reduce((total, { amount }) => total + amount.amountMinor, 0n);
  if (sum !== 0n) throw new TypeError('a journal must sum to zero');
  return moving;
}
