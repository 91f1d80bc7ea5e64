import { describe, expect, it } from '@jest/globals';
import { relocationContent } from '@entrepot/contracts/api/relocation';
import type { CountryCode } from '@entrepot/kernel';
import { dataCategories } from '@entrepot/privacy';
import fc from 'fast-check';
import { carriedFields, contentOf, isSameAddress, whyItStays } from './relocation-content.ts';
import type { CarriedAddress } from './relocation-content.ts';

const countries = ['DE', 'FR'] as CountryCode[];
const residence = 'DE' as CountryCode;
const account = { email: 'a@b.example', fullName: 'Asha Rao', language: 'en' };
const address: CarriedAddress = {
  ...{ recipient: 'Asha Rao', line1: '1 Hafen', city: 'Hamburg', postalCode: '20095' },
  country: 'DE',
};

const word = fc.stringMatching(/^[A-Za-z0-9]{1,12}$/);
/** Whatever else an object of the old home may have: marked, so that it is found wherever it gets to. */
const more = fc.dictionary(
  word.map((name) => `extra${name}`),
  word.map((value) => `SECRET-${value}`),
);
const money = fc.constantFrom(
  ...['role', 'roles', 'credit', 'refund', 'orders', 'coupon', 'price', 'subject', 'id', 'version'],
);
const granted = fc.dictionary(
  money,
  word.map((value) => `SECRET-${value}`),
);
const addressOf = fc
  .record({ recipient: word, line1: word, city: word, postalCode: word, line2: fc.option(word) })
  .chain(({ line2, ...of }) =>
    fc.constantFrom('DE', 'FR', 'IN', 'GB').map((country) => ({
      ...{ ...of, country },
      ...(line2 !== null && { line2 }),
    })),
  );

describe('What a packet holds', () => {
  it('is decided for every category of data', () => {
    const decided = [...Object.keys(carriedFields), ...Object.keys(whyItStays)];
    expect(decided.toSorted()).toEqual([...dataCategories].toSorted());
  });

  it('is the fields on the list and nothing else, whatever the old home knows beside them', () => {
    fc.assert(
      fc.property(
        fc.record({ of: more, grants: granted }),
        fc.array(fc.tuple(addressOf, more, granted), { maxLength: 20 }),
        (extra, entries) => {
          const content = contentOf({
            account: { ...extra.of, ...extra.grants, ...account },
            addresses: entries.map(([of, beside, grants]) => ({ ...beside, ...grants, ...of })),
            ...{ residence, countries },
          });
          expect(JSON.stringify(content)).not.toContain('SECRET-');
          expect(Object.keys(content).toSorted()).toEqual(['account', 'addresses', 'residence']);
          expect(content.account).toEqual(account);
          for (const entry of content.addresses) {
            const names: readonly string[] = carriedFields.address;
            expect(Object.keys(entry).filter((name) => !names.includes(name))).toEqual([]);
          }
          const kept = entries.filter(([{ country }]) => ['DE', 'FR'].includes(country));
          expect(content.addresses).toEqual(kept.map(([of]) => of));
        },
      ),
    );
  });

  it('is what the new home takes', () => {
    fc.assert(
      fc.property(fc.array(addressOf, { maxLength: 20 }), (addresses) => {
        const content = contentOf({ account, addresses, residence, countries });
        const received: unknown = JSON.parse(JSON.stringify(content));
        expect(relocationContent.parse(received)).toEqual(content);
      }),
    );
  });

  it.each([
    ['beside the account', (content: object) => ({ ...content, roles: ['operator'] })],
    ['in the account', (content: object) => ({ ...content, account: { ...account, credit: 1 } })],
    ['in an address', (content: object) => ({ ...content, addresses: [{ ...address, price: 1 }] })],
    [
      'as a 21st address',
      (content: object) => ({ ...content, addresses: Array.from({ length: 21 }, () => address) }),
    ],
  ])('is refused by the new home with more %s', (_, withMore) => {
    const content = contentOf({ account, addresses: [address], residence, countries });
    expect(relocationContent.safeParse(content).success).toBe(true);
    expect(relocationContent.safeParse(withMore(content)).success).toBe(false);
  });
});

describe('Two addresses', () => {
  it('are the same where every field is', () => {
    expect(isSameAddress(address, { ...address })).toBe(true);
    expect(isSameAddress(address, { ...address, line2: 'c/o Luc' })).toBe(false);
    expect(isSameAddress({ ...address, line2: undefined }, address)).toBe(true);
  });
});
