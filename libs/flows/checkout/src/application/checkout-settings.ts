import type { CellId, CountryCode, CurrencyCode } from '@entrepot/kernel';
import { DomainError } from '@entrepot/kernel';

/** What the checkout of one cell needs to know of its region. */
export class CheckoutSettings {
  readonly cell: CellId;
  readonly currency: CurrencyCode;
  private readonly taxRates: ReadonlyMap<CountryCode, number>;

  /** Tax rates by country of delivery, in basis points, of the countries that this cell delivers to. */
  constructor(parts: {
    readonly cell: CellId;
    readonly currency: CurrencyCode;
    readonly taxRates: ReadonlyMap<CountryCode, number>;
  }) {
    this.cell = parts.cell;
    this.currency = parts.currency;
    this.taxRates = parts.taxRates;
  }

  /** Throws DELIVERY_COUNTRY_NOT_SERVED, which names the field of the request. */
  taxRateFor(country: CountryCode, path = 'address/country'): number {
    const rate = this.taxRates.get(country);
    if (rate === undefined) {
      throw new DomainError('DELIVERY_COUNTRY_NOT_SERVED', 'this cell does not deliver there', {
        fieldProblems: [
          {
            path,
            code: 'NOT_SERVED',
            message: 'a country that the cell of the account delivers to',
          },
        ],
      });
    }
    return rate;
  }
}
