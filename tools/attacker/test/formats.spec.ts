import { createHmac, randomBytes } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import type { RegionCode, SubjectId } from '@entrepot/kernel';
import { newCellId } from '@entrepot/kernel';
import type { CellId } from '@entrepot/kernel';
import {
  BlindIndexKey,
  CohortCipher,
  CohortKeys,
  FieldCipher,
  InnerIndexKey,
  SubjectKey,
  SubjectKeys,
  WrappingKey,
} from '@entrepot/platform-crypto';
import type { CohortName, Tombstone } from '@entrepot/platform-crypto';
import fc from 'fast-check';

import {
  columnKey,
  innerHash,
  loginDigest,
  openSealed,
  parseRecord,
  parseSealed,
  recordForm,
  recordPlace,
  sealedForm,
  unwrap,
} from '../src/formats.ts';
import type { Place } from '../src/formats.ts';

const region = 'eu' as RegionCode;
const place = { table: 'identity.account', rowId: newCellId('account', 'eu-1' as CellId) };

class OneKey extends SubjectKeys {
  constructor(private readonly key: Buffer) {
    super();
  }

  create(): Promise<void> {
    return Promise.resolve();
  }

  use<T>(_: SubjectId, work: (key: SubjectKey) => T): Promise<T> {
    return Promise.resolve(work(new SubjectKey(Buffer.from(this.key), 1)));
  }
}

class OneCohort extends CohortKeys {
  constructor(private readonly key: Buffer) {
    super();
  }

  use<T>(_: CohortName, work: (key: WrappingKey) => T): Promise<T | Tombstone> {
    return Promise.resolve(work(new WrappingKey(Buffer.from(this.key))));
  }

  useOnce<T>(cohort: CohortName, work: (key: WrappingKey) => T): Promise<T | Tombstone> {
    return this.use(cohort, work);
  }
}

describe('the formats as the attacker knows them', () => {
  const dataKey = randomBytes(32);
  const subject = newCellId('subject', 'eu-1' as CellId);
  const sealIn = async (email: string) => {
    const cipher = new FieldCipher(region, new OneKey(dataKey));
    return (await cipher.encrypt({ ...place, subject }, { email })).email;
  };

  it('open any value that the shop has sealed, in its own place and with its own key alone', () =>
    fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        const sealed = parseSealed(await sealIn(text));
        if (sealed === undefined) throw new Error('the form is another one');
        const at = { region, place: { ...place, column: 'email' } };
        const openedAs = (from: Buffer, where: { region: string; place: Place } = at) =>
          openSealed(sealed, columnKey(from, where.place, sealed.version), where);
        expect(openedAs(dataKey)).toBe(text);
        expect(openedAs(randomBytes(32))).toBeUndefined();
        const elsewhere = { region, place: { ...place, column: 'full_name' } };
        expect(openedAs(dataKey, elsewhere)).toBeUndefined();
        expect(openedAs(dataKey, { ...at, region: 'in' })).toBeUndefined();
      }),
      { numRuns: 50 },
    ));

  it('find such a value in any bytes around it', async () => {
    const text = await sealIn('someone@people.example');
    const page = `\u0000\u0007x${text}\u0000v1|A256GCM|other`;
    expect([...page.matchAll(sealedForm)].map(([found]) => found)).toEqual([text]);
  });

  it('unwrap what the vault has wrapped, for its place alone', () => {
    const bytes = randomBytes(32);
    const wrapped = new WrappingKey(Buffer.from(bytes)).wrap(dataKey, 'kek|eu-1|1|2|sub');
    expect(unwrap(wrapped, bytes, 'kek|eu-1|1|2|sub')).toEqual(dataKey);
    expect(unwrap(wrapped, bytes, 'kek|eu-1|1|3|sub')).toBeUndefined();
    expect(unwrap(Buffer.alloc(5), bytes, '')).toBeUndefined();
  });

  it('open a record that a law keeps, in any bytes around it and in its own place alone', async () => {
    const cohort = 'FISCAL_entrepot-eu_2026' as CohortName;
    const cipher = new CohortCipher(region, new OneCohort(dataKey));
    const sealed = await cipher.seal(
      { cohort, column: 's.t.content', recordId: 'inv_1', boundTo: ['ord_1', 'entrepot-eu'] },
      '{"buyerName":"Anna"}',
    );
    expect([...`\u0001${sealed}\u0002`.matchAll(recordForm)].map(([found]) => found)).toEqual([
      sealed,
    ]);
    const record = parseRecord(sealed);
    if (record === undefined) throw new Error('the form is another one');
    const openedAt = (...place: string[]) =>
      unwrap(record.data, dataKey, recordPlace(region, record, place))?.toString();
    expect(openedAt('s.t.content', 'inv_1', 'ord_1', 'entrepot-eu')).toBe('{"buyerName":"Anna"}');
    expect(openedAt('s.t.content', 'inv_1', 'ord_2', 'entrepot-eu')).toBeUndefined();
  });

  it('make the digest of a login as the index does, whatever its spelling', () => {
    const [innerKey, indexKey] = [randomBytes(32), randomBytes(32)];
    const inner = new InnerIndexKey(innerKey).hash('login|shopper', 'Anna@People.example');
    expect(innerHash(innerKey, 'shopper', ' anna@people.EXAMPLE')).toEqual(inner);
    expect(loginDigest(indexKey, inner)).toEqual(new BlindIndexKey(1, indexKey).digest(inner));
    expect(inner).not.toEqual(
      createHmac('sha256', innerKey).update('anna@people.example').digest(),
    );
  });
});
