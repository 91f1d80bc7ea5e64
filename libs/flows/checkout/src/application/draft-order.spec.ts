import { describe, expect, it } from '@jest/globals';
import type { PinCartUseCase } from '@entrepot/carts';
import type { PlaceOrderBody } from '@entrepot/contracts/api/orders';
import type { CellId, CountryCode, CurrencyCode, SubjectId } from '@entrepot/kernel';
import { Money, newCellId, SystemClock } from '@entrepot/kernel';
import type { StartPaymentUseCase } from '@entrepot/payments';
import type { IdempotencyKey } from '@entrepot/platform-idempotency';
import { CheckoutSettings } from './checkout-settings.ts';
import { DraftOrder } from './draft-order.ts';
import type { OrderAddresses } from './order-addresses.ts';

const cell = 'eu-1' as CellId;
const currency = 'EUR' as CurrencyCode;
const settings = new CheckoutSettings({
  ...{ cell, currency },
  taxRates: new Map([
    ['DE' as CountryCode, 1_900],
    ['FR' as CountryCode, 2_000],
  ]),
});
const addressIn = (country: string) => ({
  ...{ recipient: 'Luc', line1: '1 Rue', city: 'Lyon', postalCode: '69001', country },
});

/** Drafts an order of one line, and notes what was done for it. */
async function draft(countries: { readonly bill: string; readonly gift?: string }) {
  const done: string[] = [];
  const subjectId = newCellId('subject', cell);
  const note = <T>(what: string, answer: T) => {
    done.push(what);
    return Promise.resolve(answer);
  };
  const unitPrice = Money.of(1_200, currency);
  const lines = [{ sku: 'A', quantity: 1, unitPrice, lineTotal: unitPrice, priceVersion: 1 }];
  const pinCart = { execute: () => note('pinned', { subjectId, lines }) };
  const addresses = { seal: () => note('sealed', { addressCiphertext: 'v1|' }) };
  const drafting = new DraftOrder(
    pinCart as unknown as PinCartUseCase,
    { assertOffered: () => undefined } as unknown as StartPaymentUseCase,
    addresses as unknown as OrderAddresses,
    settings,
    new SystemClock(),
  );
  const body: PlaceOrderBody = {
    ...{ cartId: 'crt_x', cartVersion: '1', onShortage: 'refuse' },
    ...{ address: addressIn(countries.bill), payment: { method: 'card' } },
    ...(countries.gift !== undefined && { gift: { address: addressIn(countries.gift) } }),
  };
  const caller = { kind: 'shopper', subjectId: subjectId as SubjectId } as const;
  const drafted = drafting.execute({ caller, key: 'key' as IdempotencyKey, body });
  return { done, drafted };
}

describe('An order that is drafted', () => {
  it.each([
    ['no gift', { bill: 'DE' }, 1_900],
    ['a gift abroad', { bill: 'DE', gift: 'FR' }, 2_000],
    ['a gift at home', { bill: 'FR', gift: 'DE' }, 1_900],
  ])('is taxed by where the parcel goes: %s', async (_, countries, rate) => {
    const { done, drafted } = await draft(countries);
    const [line] = (await drafted).stored.order.lines;
    expect(line?.taxRateBasisPoints).toBe(rate);
    expect(done).toEqual(['pinned', 'sealed']);
  });

  it.each([
    ['bill', { bill: 'IN' }, 'address/country'],
    ['bill of a gift', { bill: 'IN', gift: 'FR' }, 'address/country'],
    ['parcel', { bill: 'DE', gift: 'IN' }, 'gift/address/country'],
  ])('is refused before anything is done for it where its %s goes elsewhere', async (...row) => {
    const [, countries, path] = row;
    const { done, drafted } = await draft(countries);
    await expect(drafted).rejects.toMatchObject({
      ...{ code: 'DELIVERY_COUNTRY_NOT_SERVED', fieldProblems: [{ path }] },
    });
    expect(done).toEqual([]);
  });
});
