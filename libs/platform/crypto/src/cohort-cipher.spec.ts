import { describe, expect, it } from '@jest/globals';
import type { RegionCode } from '@entrepot/kernel';
import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { CiphertextRejectedError } from './ciphertext.ts';
import { CohortCipher } from './cohort-cipher.ts';
import type { RecordPlace } from './cohort-cipher.ts';
import { CohortKeys } from './cohort-keys.ts';
import type { CohortName } from './cohort-keys.ts';
import { isTombstone, Tombstone } from './tombstone.ts';
import { WrappingKey } from './wrapping-key.ts';

class RememberedKeys extends CohortKeys {
  readonly keys = new Map<CohortName, WrappingKey>();

  override use<T>(cohort: CohortName, work: (key: WrappingKey) => T): Promise<T | Tombstone> {
    const key = this.keys.get(cohort);
    return Promise.resolve().then(() =>
      key === undefined ? new Tombstone('destroyed') : work(key),
    );
  }

  override useOnce<T>(cohort: CohortName, work: (key: WrappingKey) => T): Promise<T | Tombstone> {
    return this.use(cohort, work);
  }
}

const cohort = 'FISCAL_entity_2026' as CohortName;
const other = 'FISCAL_entity_2027' as CohortName;
const region = 'zz' as RegionCode;
const place: RecordPlace = {
  ...{
    cohort,
    column: 'invoices.invoice.content',
    recordId: 'inv_1',
    boundTo: ['ord_1', 'entity'],
  },
};

function opened(...cohorts: CohortName[]) {
  const keys = new RememberedKeys();
  for (const name of cohorts) keys.keys.set(name, new WrappingKey(randomBytes(32)));
  return { keys, cipher: new CohortCipher(region, keys) };
}

describe('a statutory record', () => {
  it('opens where it was sealed, whatever is in it', async () => {
    const { cipher } = opened(cohort);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        const sealed = await cipher.seal(place, text.toWellFormed());
        expect(sealed.startsWith(`c1|A256GCM|${cohort}|`)).toBe(true);
        expect(await cipher.open(place, sealed)).toBe(text.toWellFormed());
      }),
    );
  });

  it.each([
    ['another order', { boundTo: ['ord_2', 'entity'] }],
    ['another seller', { boundTo: ['ord_1', 'other'] }],
    ['another record', { recordId: 'inv_2' }],
    ['another column', { column: 'privacy.retained_field.content' }],
    ['another cohort', { cohort: other }],
  ])('does not open as that of %s', async (_what, changes) => {
    const { cipher } = opened(cohort, other);
    const sealed = await cipher.seal(place, 'canary');
    await expect(cipher.open({ ...place, ...changes }, sealed)).rejects.toThrow(
      CiphertextRejectedError,
    );
  });

  it('does not open in another region, nor with its cohort renamed', async () => {
    const { cipher, keys } = opened(cohort, other);
    const sealed = await cipher.seal(place, 'canary');
    const elsewhere = new CohortCipher('yy' as RegionCode, keys);
    await expect(elsewhere.open(place, sealed)).rejects.toThrow(CiphertextRejectedError);
    const renamed = sealed.replace(cohort, other);
    await expect(cipher.open({ ...place, cohort: other }, renamed)).rejects.toThrow(
      CiphertextRejectedError,
    );
  });

  it('is a tombstone once its cohort has ended, and nothing more is sealed', async () => {
    const { cipher, keys } = opened(cohort);
    const sealed = await cipher.seal(place, 'canary');
    keys.keys.clear();
    expect(isTombstone(await cipher.open(place, sealed))).toBe(true);
    await expect(cipher.seal(place, 'canary')).rejects.toMatchObject({ code: 'COHORT_ENDED' });
  });

  it('is bound to parts that cannot run into each other', async () => {
    const { cipher } = opened(cohort);
    await expect(cipher.seal({ ...place, recordId: 'a|b' }, 'canary')).rejects.toThrow(TypeError);
  });
});
