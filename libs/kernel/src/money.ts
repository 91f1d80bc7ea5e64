import type { Branded } from './ids.ts';

/** ISO 4217, upper case. */
export type CurrencyCode = Branded<'CurrencyCode'>;
export const isCurrencyCode = (text: string): text is CurrencyCode => /^[A-Z]{3}$/.test(text);

/** The largest amount that JSON carries without loss: 2^53 − 1 minor units. */
export const amountMinorMax = BigInt(Number.MAX_SAFE_INTEGER);

/** An exact amount in minor units (paise, cents) of one currency. */
export class Money {
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;

  private constructor(amountMinor: bigint, currency: CurrencyCode) {
    if (amountMinor > amountMinorMax || amountMinor < -amountMinorMax) {
      throw new RangeError(`amount is beyond ±${amountMinorMax} minor units`);
    }
    this.amountMinor = amountMinor;
    this.currency = currency;
  }

  static of(amountMinor: bigint | number, currency: CurrencyCode): Money {
    return new Money(BigInt(amountMinor), currency);
  }

  static zero(currency: CurrencyCode): Money {
    return new Money(0n, currency);
  }

  plus(other: Money): Money {
    this.assertSameCurrency(other);
    return new Money(this.amountMinor + other.amountMinor, this.currency);
  }

  minus(other: Money): Money {
    return this.plus(other.negated());
  }

  negated(): Money {
    return new Money(-this.amountMinor, this.currency);
  }

  times(factor: bigint | number): Money {
    return new Money(this.amountMinor * BigInt(factor), this.currency);
  }

  /** This amount × numerator ÷ denominator, rounded half away from zero. */
  timesFraction(numerator: bigint, denominator: bigint): Money {
    return new Money(divideHalfUp(this.amountMinor * numerator, denominator), this.currency);
  }

  equals(other: Money): boolean {
    return this.currency === other.currency && this.amountMinor === other.amountMinor;
  }

  toJSON(): { amountMinor: number; currency: CurrencyCode } {
    return { amountMinor: Number(this.amountMinor), currency: this.currency };
  }

  private assertSameCurrency(other: Money): void {
    if (other.currency !== this.currency) {
      throw new TypeError(`cannot add ${other.currency} to ${this.currency}`);
    }
  }
}

/** Integer division rounded half away from zero, the rule of invoices; the denominator is positive. */
export function divideHalfUp(numerator: bigint, denominator: bigint): bigint {
  if (denominator <= 0n) throw new RangeError('the denominator must be positive');
  const magnitude = numerator < 0n ? -numerator : numerator;
  const rounded = (2n * magnitude + denominator) / (2n * denominator);
  return numerator < 0n ? -rounded : rounded;
}

/**
 * The tax inside a gross amount, rate in basis points (18 % = 1800), rounded half up per line.
 * gross = net + tax with tax = gross × rate ÷ (10000 + rate).
 */
export function taxIncluded(gross: Money, rateBasisPoints: number): Money {
  if (!Number.isSafeInteger(rateBasisPoints) || rateBasisPoints < 0) {
    throw new RangeError('a tax rate is a whole number of basis points, at least 0');
  }
  return gross.timesFraction(BigInt(rateBasisPoints), BigInt(10_000 + rateBasisPoints));
}
