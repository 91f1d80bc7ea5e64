import { describe, expect, it } from '@jest/globals';
import type { CountryCode } from '@entrepot/kernel';
import fc from 'fast-check';
import { buyerFields, contentOf, invoiceFields, invoiceLawProblems } from './invoice-law.ts';
import type { InvoiceField, InvoiceRule } from './invoice-law.ts';
import { snapshotOf, withoutBuyer } from './invoice-snapshot.ts';
import type { SaleFacts } from './invoice-snapshot.ts';

const country = 'ZZ' as CountryCode;
const small: readonly InvoiceField[] = ['issuedOn', 'seller', 'lines', 'tax', 'total'];
const rule: InvoiceRule = {
  ...{ legalEntity: 'entity', country, measuredBy: 'total' },
  tiers: [
    { kind: 'simplified', upToMinor: 25_000n, fields: small, law: 'small' },
    { kind: 'full', upToMinor: undefined, fields: [...small, 'buyerName'], law: 'large' },
  ],
  signOff: { role: 'engineering', on: '2026-11-28' },
};
const canary = 'Canary Buyer';
const saleOf = (totalMinor: bigint): SaleFacts => ({
  ...{ issuedOn: '2026-11-28', seller: 'entity', country, currency: 'EUR', totalMinor },
  ...{ taxMinor: 0n, lines: [] },
  buyer: { name: canary, address: [canary, '1 Canary Road'], subdivision: 'Canary State' },
});

describe('what stays of a sale', () => {
  it('is small up to the limit, the limit included, and names nobody', () => {
    const { kind, law, namesBuyer, fields } = snapshotOf(rule, saleOf(25_000n));
    expect({ kind, law, namesBuyer }).toEqual({
      kind: 'simplified',
      law: 'small',
      namesBuyer: false,
    });
    expect(JSON.stringify(fields)).not.toContain('Canary');
  });

  it('names the buyer above the limit, by the name only where the law wants no more', () => {
    const { kind, namesBuyer, fields } = snapshotOf(rule, saleOf(25_001n));
    expect({ kind, namesBuyer }).toEqual({ kind: 'full', namesBuyer: true });
    expect(fields).toMatchObject({ buyerName: canary });
    expect(JSON.stringify(fields)).not.toContain('Canary Road');
  });

  it('is compared without tax where the law says so', () => {
    const net: InvoiceRule = { ...rule, measuredBy: 'taxableAmount' };
    expect(snapshotOf(net, { ...saleOf(25_001n), taxMinor: 1n }).kind).toBe('simplified');
    expect(snapshotOf(net, { ...saleOf(25_001n), taxMinor: 0n }).kind).toBe('full');
  });

  it('has nobody in it once the buyer is erased, and says that the name is wanting', () => {
    const { namesBuyer, fields } = snapshotOf(rule, withoutBuyer(saleOf(25_001n)));
    expect(namesBuyer).toBe(false);
    expect(fields).toHaveProperty('buyerName', null);
  });

  it('holds exactly the fields that the law names, whatever is known', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...invoiceFields), { minLength: 1 }),
        fc.bigInt({ min: 0n, max: 10_000_000n }),
        (fields, totalMinor) => {
          const tier = { kind: 'full', upToMinor: undefined, fields, law: 'a law' } as const;
          const snapshot = snapshotOf({ ...rule, tiers: [tier] }, saleOf(totalMinor));
          expect(Object.keys(snapshot.fields).toSorted()).toEqual(fields.toSorted());
          expect(snapshot.namesBuyer).toBe(fields.some((field) => buyerFields.has(field)));
          const text = JSON.stringify(snapshot.fields);
          expect(text.includes(canary)).toBe(snapshot.namesBuyer);
          expect(text.includes('Canary State')).toBe(fields.includes('placeOfSupply'));
        },
      ),
    );
  });
});

describe('a law of invoices', () => {
  const demands = { countries: [country], needsCounsel: false };

  it('has one rule for each country, with tiers that rise to one without a limit', () => {
    expect(invoiceLawProblems([rule], demands)).toEqual([]);
    expect(invoiceLawProblems([], demands)).toHaveLength(1);
    expect(invoiceLawProblems([rule, rule], demands)).toHaveLength(1);
    const falling = { ...rule, tiers: rule.tiers.toReversed() };
    const limited = { ...rule, tiers: rule.tiers.slice(0, 1) };
    for (const wrong of [falling, limited, { ...rule, tiers: [] }]) {
      expect(invoiceLawProblems([wrong], demands)).toHaveLength(1);
    }
  });

  it('tells what a document of a kind holds, without the buyer where it names nobody', () => {
    const full = { country, kind: 'full', namesBuyer: true } as const;
    expect(contentOf([rule], full)).toEqual({ law: 'large', fields: [...small, 'buyerName'] });
    expect(contentOf([rule], { ...full, namesBuyer: false })).toEqual({
      ...{ law: 'large', fields: small },
    });
    expect(contentOf([rule], { ...full, kind: 'record' })).toBeUndefined();
    expect(contentOf([], full)).toBeUndefined();
  });

  it('is used in production only where counsel has signed it', () => {
    const inProduction = { ...demands, needsCounsel: true };
    expect(invoiceLawProblems([rule], inProduction)).toEqual([
      'The law of invoices of ZZ is not signed by counsel.',
    ]);
    const signOff = { role: 'counsel', on: '2026-11-28' } as const;
    expect(invoiceLawProblems([{ ...rule, signOff }], inProduction)).toEqual([]);
  });
});
