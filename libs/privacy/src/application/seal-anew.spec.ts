import { beforeEach, describe, expect, it } from '@jest/globals';
import { newCellId } from '@entrepot/kernel';
import type { CellId, RegionCode, SubjectId } from '@entrepot/kernel';
import { FieldCipher, readCiphertext, SubjectKey, SubjectKeys } from '@entrepot/platform-crypto';
import type { Tombstone } from '@entrepot/platform-crypto';
import { Log } from '@entrepot/platform-telemetry';
import type {
  FormerValue,
  KeyedPerson,
  ResealedValue,
  ValuePlace,
} from '../domain/former-values.ts';
import type { DropFormerKeys } from './drop-former-keys.ts';
import { SealAnew } from './seal-anew.ts';
import { SealedValues } from './sealed-values.ts';
import type { VaultStore } from './vault-store.ts';

const cell = 'in-1' as CellId;
const [oldKey, newKey] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const copy = (key: Buffer) => Buffer.from(key);

class Keys extends SubjectKeys {
  readonly away = new Set<SubjectId>();

  constructor(private readonly version: number) {
    super();
  }

  override create(): Promise<void> {
    return Promise.resolve();
  }

  override use<T>(subject: SubjectId, work: (key: SubjectKey) => T): Promise<T | Tombstone> {
    if (this.away.has(subject)) return Promise.reject(new Error(`no key of ${subject}`));
    const former = [{ version: 1, key: copy(oldKey) }];
    const key =
      this.version === 1
        ? new SubjectKey(copy(oldKey), 1)
        : new SubjectKey(copy(newKey), 2, former);
    return Promise.resolve(work(key));
  }
}

const cipherOf = (keys: SubjectKeys) => new FieldCipher('in' as RegionCode, keys);

/** Values in memory, of which a portion is at most as long as is said. */
class Values extends SealedValues {
  readonly stored: FormerValue[] = [];
  valuesMax = Infinity;
  asked = 0;
  notTaken: string | undefined;

  override versionsOf() {
    return Promise.resolve(new Map<SubjectId, number[]>());
  }

  override formerOf(people: readonly KeyedPerson[], { after }: { after: ValuePlace | undefined }) {
    this.asked += 1;
    const order = this.stored.findIndex((value) => value.rowId === after?.rowId);
    const of = new Set(people.map(({ subject }) => subject));
    const found = this.stored
      .slice(order + 1)
      .filter(({ subject, stored }) => of.has(subject) && readCiphertext(stored).keyVersion < 2);
    return Promise.resolve({
      values: found.slice(0, this.valuesMax),
      isMore: found.length > this.valuesMax,
    });
  }

  override replace(values: readonly ResealedValue[]): Promise<number> {
    if (values.some(({ rowId }) => rowId === this.notTaken)) {
      return Promise.reject(new Error('not taken'));
    }
    for (const { rowId, anew } of values) {
      const at = this.stored.findIndex((value) => value.rowId === rowId);
      const value = this.stored[at];
      if (value !== undefined) this.stored[at] = { ...value, stored: anew };
    }
    return Promise.resolve(values.length);
  }

  override count() {
    return Promise.resolve([]);
  }
}

describe('Sealing anew', () => {
  let keys: Keys;
  let values: Values;
  let people: KeyedPerson[];
  let run: SealAnew;
  let lines: string[];

  beforeEach(() => {
    [keys, values, people] = [new Keys(2), new Values(), []];
    const store = {
      supersededBefore: (_: Date, page: { after: SubjectId | undefined; rowsMax: number }) =>
        Promise.resolve(
          people.filter(({ subject }) => subject > (page.after ?? '')).slice(0, page.rowsMax),
        ),
    } as unknown as VaultStore;
    const drop = {
      settledBefore: () => new Date(),
      ofPeople: () => Promise.resolve(0),
    } as unknown as DropFormerKeys;
    lines = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const log = new Log({ level: 'error', bound: { cell }, destination });
    run = new SealAnew({ store, values }, { of: () => Promise.resolve(cipherOf(keys)) }, drop, log);
  });

  const formerCount = () =>
    values.stored.filter(({ stored }) => readCiphertext(stored).keyVersion === 1).length;

  async function addPeople(count: number): Promise<readonly SubjectId[]> {
    const subjects = Array.from({ length: count }, () => newCellId('subject', cell)).toSorted();
    for (const subject of subjects) {
      people.push({ subject, version: 2 });
      const at = { table: 'a.b', rowId: `row-${subject}`, subject };
      const { c } = await cipherOf(new Keys(1)).encrypt(at, { c: `text of ${subject}` });
      values.stored.push({ ...at, column: 'c', stored: c });
    }
    return subjects;
  }

  it('leaves the same text under the current key', async () => {
    const [subject] = await addPeople(1);
    expect(await run.execute()).toEqual({ sealed: 1, refused: 0, dropped: 0 });
    const [value] = values.stored;
    if (subject === undefined || value === undefined) throw new Error('nobody');
    expect(readCiphertext(value.stored).keyVersion).toBe(2);
    const opened = await cipherOf(keys).decrypt(
      { table: 'a.b', rowId: value.rowId, subject },
      { c: value.stored as never },
    );
    expect(opened).toEqual({ c: `text of ${subject}` });
  });

  it('is bounded in a turn and goes on in the next, past what cannot be sealed anew', async () => {
    await addPeople(30);
    values.valuesMax = 3;
    const [damaged] = values.stored;
    if (damaged === undefined) throw new Error('nothing');
    // bound to another row: it opens nowhere
    values.stored[0] = { ...damaged, rowId: 'row-elsewhere' };
    expect(await run.execute()).toEqual({ sealed: 14, refused: 1, dropped: 0 });
    expect(values.asked).toBe(5);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { event: 'privacy.seal_anew_refused', count: 1 },
    ]);
    expect(await run.execute()).toMatchObject({ sealed: 15 });
    expect(formerCount()).toBe(1);
    await run.execute();
    expect(await run.execute()).toMatchObject({ sealed: 0 });
  });

  it('gets to those behind people whose keys cannot be had, and says so', async () => {
    const subjects = await addPeople(10);
    for (const subject of subjects.slice(0, 3)) keys.away.add(subject);
    await expect(run.execute()).rejects.toThrow(`no key of ${subjects[0] ?? ''}`);
    expect(formerCount()).toBe(10);
    expect(await run.execute()).toMatchObject({ sealed: 7 });
    expect(formerCount()).toBe(3);
    keys.away.clear();
    expect(await run.execute()).toMatchObject({ sealed: 3 });
  });

  it('gets to the others where a table does not take one value, and says so', async () => {
    await addPeople(10);
    values.notTaken = values.stored[4]?.rowId;
    await expect(run.execute()).rejects.toThrow('not taken');
    expect(formerCount()).toBe(1);
    values.notTaken = undefined;
    expect(await run.execute()).toMatchObject({ sealed: 1 });
  });

  it('writes nothing of whose key is not newer than what sealed the value', async () => {
    await addPeople(1);
    keys = new Keys(1);
    expect(await run.execute()).toMatchObject({ sealed: 0 });
  });
});
