import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newCellId } from '@entrepot/kernel';
import type { CellId, SubjectId } from '@entrepot/kernel';
import { ciphertextOf, FieldCipher, readCiphertext, SubjectKeys } from '@entrepot/platform-crypto';
import type { Ciphertext } from '@entrepot/platform-crypto';
import { ShopDatabase, statement, VaultDatabase } from '@entrepot/platform-database';
import type { TestingModule } from '@nestjs/testing';
import { PgSealedValues } from '../src/adapters/pg-sealed-values.ts';
import { ReportFormerKeys } from '../src/application/report-former-keys.ts';
import { RotateSubjectKey } from '../src/application/rotate-subject-key.ts';
import { SealAnew } from '../src/application/seal-anew.ts';
import { PageCiphers, SealedValues } from '../src/application/sealed-values.ts';
import { subjectKeyDrivers } from '../src/application/subject-key-driver.ts';
import { VaultStore } from '../src/application/vault-store.ts';
import { sealedForGood } from '../src/domain/former-values.ts';
import { PrivacyFixture } from './privacy-fixture.ts';

const cell = 'in-1' as CellId;
const admit = statement('spec.admit', 'SELECT privacy.admit_subject($1)');
const insertAddress = statement(
  'spec.insert_address',
  'INSERT INTO identity.address (address_id, subject_id, content) VALUES ($1, $2, $3)',
);
const rewriteAddress = statement(
  'spec.rewrite_address',
  'UPDATE identity.address SET content = $2 WHERE address_id = $1',
);
const dropAddress = statement(
  'spec.drop_address',
  'DELETE FROM identity.address WHERE address_id = $1',
);
const contentOf = statement(
  'spec.content',
  'SELECT content FROM identity.address WHERE address_id = $1',
);
const insertClaim = statement(
  'spec.insert_claim',
  `INSERT INTO idempotency.request (claim_digest, operation, resource_id, subject_id, sealed_fingerprint)
   VALUES (decode($1, 'hex'), 'POST /v1/orders', $2, $3, $4)`,
);
const dropClaims = statement('spec.drop_claims', 'DELETE FROM idempotency.request');
const restrict = statement('spec.restrict', 'SELECT privacy.restrict_subject($1, $2)');
const fence = statement('spec.fence', 'SELECT privacy.fence_subject($1)');
const fenceKey = statement('spec.fence_key', `SELECT vault.fence_subject($1, 'erasure')`);
const makeOld = statement(
  'spec.make_old',
  `UPDATE vault.former_data_key SET superseded_at = now() - interval '1 hour',
     unnamed_since = unnamed_since - interval '25 hours'`,
);
const formerKeys = statement(
  'spec.former_keys',
  `SELECT count(*)::int AS "keys" FROM vault.former_data_key WHERE subject_id = $1`,
);
const waitingStatements = statement(
  'spec.waiting_statements',
  `SELECT count(*)::int AS "waiting" FROM pg_stat_activity
   WHERE datname = current_database() AND wait_event_type = 'Lock'`,
);
const sealedColumns = statement(
  'spec.sealed_columns',
  `SELECT c.oid::regclass::text AS "table", a.attname AS "column",
     has_column_privilege('shop_worker', c.oid, a.attnum, 'UPDATE') AS "mayUpdate"
   FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
   JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(k.conkey)
   WHERE a.attname <> 'subject_id' AND k.contype = 'c' AND pg_get_constraintdef(k.oid) LIKE '%v1|%'`,
);

/** Beside what the process asks for its fences all the time. */
const ofTheTurn = /^(?!.*(fence|holder))(privacy|vault)\./;

interface Address {
  readonly subject: SubjectId;
  readonly id: string;
  readonly content: Ciphertext;
}

describe.each(subjectKeyDrivers)('values under a former key, kept by %s', (driver) => {
  let fixture: PrivacyFixture;
  let api: TestingModule;
  let worker: TestingModule;

  beforeAll(async () => {
    fixture = await PrivacyFixture.start(driver);
    worker = await fixture.startIdleWorker();
    api = await fixture.startProcess('api');
  });
  afterAll(() => fixture.end());

  const shop = () => fixture.shop.open('superuser');
  const vault = () => fixture.vault.open('superuser');
  const placeOf = ({ id, subject }: Pick<Address, 'id' | 'subject'>) => ({
    ...{ table: 'identity.address', rowId: id, subject },
  });

  async function withAddress(text = 'x'): Promise<Address> {
    const subject = newCellId('subject', cell);
    await api.get(SubjectKeys).create(subject);
    await shop().query(admit, [subject]);
    return addAddress(subject, text);
  }

  async function addAddress(subject: SubjectId, text: string): Promise<Address> {
    const id = newCellId('address', cell);
    const place = placeOf({ id, subject });
    const { content } = await api.get(FieldCipher).encrypt(place, { content: text });
    await shop().execute(insertAddress, [id, subject, content]);
    return { subject, id, content };
  }

  async function rotate(...people: readonly Address[]): Promise<void> {
    for (const { subject } of people) await worker.get(RotateSubjectKey).execute(subject);
    await vault().execute(makeOld);
  }

  async function storedOf({ id }: Address): Promise<Ciphertext> {
    const [row] = await shop().query<{ content: string }>(contentOf, [id]);
    return ciphertextOf(row?.content ?? '');
  }

  const versionOf = async (address: Address) => readCiphertext(await storedOf(address)).keyVersion;
  const keysOf = async ({ subject }: Address) =>
    (await vault().query<{ keys: number }>(formerKeys, [subject]))[0]?.keys;
  /** A process that knows the key of nobody yet. */
  const fresh = async () => (await fixture.startProcess('api')).get(FieldCipher);
  const turn = (by = worker) => by.get(SealAnew).execute();
  /** A turn, and the first one when a day has passed. */
  async function turnADayLater(by = worker) {
    expect(await turn(by)).toMatchObject({ sealed: 0, dropped: 0 });
    await vault().execute(makeOld);
    return turn(by);
  }
  const report = () =>
    new ReportFormerKeys(worker.get(VaultStore), worker.get(SealedValues)).execute();

  /** Until a statement waits for a row that another transaction has written. */
  async function untilSomebodyWaits(): Promise<void> {
    for (let tries = 0; tries < 100; tries += 1) {
      const [row] = await shop().query<{ waiting: number }>(waitingStatements);
      if ((row?.waiting ?? 0) > 0) return;
      await setTimeout(10);
    }
    throw new Error('nothing waits');
  }

  it('may be rewritten by the worker in every column, but for those that say why not', async () => {
    const columns = await shop().query<{ table: string; mayUpdate: boolean }>(sealedColumns);
    expect(columns.length).toBeGreaterThan(10);
    const tables = columns.map(({ table }) => table.replaceAll('"', ''));
    for (const table of sealedForGood.keys()) expect(tables).toContain(table);
    const left = columns.filter(({ table, mayUpdate }) => !mayUpdate && !sealedForGood.has(table));
    expect(left).toEqual([]);
  });

  it('T5 are sealed anew, and a copy from before opens with the vault of today no more', async () => {
    const address = await withAddress('Rua 1');
    await rotate(address);
    expect(await report()).toMatchObject({
      left: [{ table: 'identity.address', why: 'waits', values: 1 }],
    });
    expect(await turn()).toMatchObject({ sealed: 1, dropped: 0 });
    expect(await versionOf(address)).toBe(2);
    expect(await keysOf(address)).toBe(1);
    expect(await turnADayLater()).toMatchObject({ sealed: 0, dropped: 1 });
    expect(await keysOf(address)).toBe(0);

    const cipher = await fresh();
    const stored = await storedOf(address);
    expect(await cipher.decrypt(placeOf(address), { content: stored })).toEqual({
      content: 'Rua 1',
    });
    const before = { content: address.content };
    await expect(cipher.decrypt(placeOf(address), before)).rejects.toThrow('does not belong here');
    expect(await report()).toEqual({ people: 0, current: 0, left: [] });
  });

  it('wait until no process can write under the former key any more', async () => {
    const address = await withAddress();
    await worker.get(RotateSubjectKey).execute(address.subject);
    expect(await turn()).toMatchObject({ sealed: 0, dropped: 0 });
    await vault().execute(makeOld);
    expect(await turn()).toMatchObject({ sealed: 1 });
    await turnADayLater();
  });

  it('give way to what somebody writes at the same time', async () => {
    const address = await withAddress('before');
    await rotate(address);
    const values = worker.get(SealedValues);
    const people = [{ subject: address.subject, version: 2 }];
    const part = { after: undefined, valuesMax: 10, bytesMax: 1_000_000 };
    const [found] = (await values.formerOf(people, part)).values;
    if (found === undefined) throw new Error('nothing');
    const cipher = await worker.get(PageCiphers).of([address.subject]);
    const { content: anew } = await cipher.encrypt(placeOf(address), { content: 'before' });
    const { content: theirs } = await cipher.encrypt(placeOf(address), { content: 'after' });
    const { replacing } = await shop().unitOfWork(async (tx) => {
      await tx.execute(rewriteAddress, [address.id, theirs]);
      const waiting = values.replace([{ ...found, anew }]);
      await untilSomebodyWaits();
      return { replacing: waiting };
    });
    expect(await replacing).toBe(0);
    expect(await storedOf(address)).toBe(theirs);
    await turnADayLater();
  });

  it('are taken up by another worker where one was killed in the middle', async () => {
    const first = await withAddress('one');
    const second = await addAddress(first.subject, 'two');
    await rotate(first);
    const values = worker.get(SealedValues);
    const people = [{ subject: first.subject, version: 2 }];
    const part = { after: undefined, valuesMax: 1, bytesMax: 1_000_000 };
    const half = await values.formerOf(people, part);
    expect(half).toMatchObject({ isMore: true });
    const cipher = await worker.get(PageCiphers).of([first.subject]);
    for (const value of half.values) {
      const place = placeOf({ id: value.rowId, subject: value.subject });
      const opened = await cipher.decrypt(place, { content: ciphertextOf(value.stored) });
      const { content } = await cipher.encrypt(place, opened as { content: string });
      await values.replace([{ ...value, anew: content }]);
    }
    const other = await fixture.startIdleWorker();
    expect(await turn(other)).toMatchObject({ sealed: 1 });
    expect(await Promise.all([versionOf(first), versionOf(second)])).toEqual([2, 2]);
    expect(await turnADayLater(other)).toMatchObject({ dropped: 1 });
    const reader = await fresh();
    for (const [address, text] of [[first, 'one'] as const, [second, 'two'] as const]) {
      const content = await storedOf(address);
      expect(await reader.decrypt(placeOf(address), { content })).toEqual({ content: text });
    }
  });

  it('stay as they are where the person is restricted or fenced, also when that comes in between', async () => {
    const [restricted, fenced, late] = [
      await withAddress(),
      await withAddress(),
      await withAddress(),
    ];
    await rotate(restricted, fenced, late);
    await shop().query(restrict, [restricted.subject, null]);
    await shop().query(fence, [fenced.subject]);
    await vault().query(fenceKey, [fenced.subject]);
    const values = worker.get(SealedValues);
    const people = [{ subject: late.subject, version: 2 }];
    const part = { after: undefined, valuesMax: 10, bytesMax: 1_000_000 };
    const [found] = (await values.formerOf(people, part)).values;
    if (found === undefined) throw new Error('nothing');
    const cipher = await worker.get(PageCiphers).of([late.subject]);
    const { content: anew } = await cipher.encrypt(placeOf(late), { content: 'x' });
    await shop().query(fence, [late.subject]);
    expect(await values.replace([{ ...found, anew }])).toBe(0);

    expect(await turn()).toMatchObject({ sealed: 0, dropped: 0 });
    for (const address of [restricted, fenced, late]) {
      expect(await storedOf(address)).toBe(address.content);
      expect(await keysOf(address)).toBe(1);
    }
    expect((await report()).left).toContainEqual({
      ...{ table: 'identity.address', why: 'restricted', values: 2 },
    });
  });

  it('keep a key that is named again before its day is over', async () => {
    const address = await withAddress();
    await rotate(address);
    await turn();
    await turn();
    await shop().execute(rewriteAddress, [address.id, address.content]);
    await vault().execute(makeOld);
    expect(await turn()).toMatchObject({ sealed: 1, dropped: 0 });
    expect(await keysOf(address)).toBe(1);
    expect(await turnADayLater()).toMatchObject({ dropped: 1 });
  });

  it('keep their key where they are never changed, and the report says which', async () => {
    const address = await withAddress();
    const digest = 'ab'.repeat(32);
    const place = { table: 'idempotency.request', rowId: digest, subject: address.subject };
    const sealed = await api.get(FieldCipher).encrypt(place, { sealed_fingerprint: 'f' });
    const claim = [digest, newCellId('order', cell), address.subject, sealed.sealed_fingerprint];
    await shop().execute(insertClaim, claim);
    await rotate(address);
    await turn();
    expect(await turnADayLater()).toMatchObject({ sealed: 0, dropped: 0 });
    expect(await versionOf(address)).toBe(2);
    expect(await keysOf(address)).toBe(1);
    expect((await report()).left).toContainEqual({
      ...{ table: 'idempotency.request', why: 'for-good', values: 1 },
    });
    // a version between that nothing names does not wait for it
    await rotate(address);
    await turn();
    expect(await turnADayLater()).toMatchObject({ dropped: 1 });
    expect(await keysOf(address)).toBe(1);
    await shop().execute(dropClaims);
    expect(await turnADayLater()).toMatchObject({ dropped: 1 });
  });

  it('take as many statements for many people as for one', async () => {
    const databases = [worker.get(ShopDatabase), worker.get(VaultDatabase)];
    const sent = async (count: number) => {
      const people = await Promise.all(Array.from({ length: count }, () => withAddress()));
      await rotate(...people);
      const names: string[] = [];
      const ends = databases.map((database) => database.observe((name) => void names.push(name)));
      expect(await turn()).toMatchObject({ sealed: count });
      for (const end of ends) end();
      await turnADayLater();
      return names.filter((name) => ofTheTurn.test(name));
    };
    const ofOne = await sent(1);
    expect(ofOne.length).toBeGreaterThan(5);
    expect(await sent(12)).toEqual(ofOne);
  });

  it('do not wait for one that nobody can have written', async () => {
    const address = await withAddress('good');
    const damaged = await addAddress(address.subject, 'bad');
    const moved = await addAddress(address.subject, 'of another row');
    await shop().execute(rewriteAddress, [damaged.id, damaged.content.replace('|1|', '|x|')]);
    await shop().execute(rewriteAddress, [moved.id, address.content]);
    await rotate(address);
    expect(await turn()).toMatchObject({ sealed: 1, refused: 1 });
    expect(await versionOf(address)).toBe(2);
    expect(await storedOf(moved)).toBe(address.content);
    expect(await turn()).toMatchObject({ sealed: 0, dropped: 0 });
    expect(await keysOf(address)).toBe(1);
    await shop().execute(dropAddress, [moved.id]);
  });

  it('are found in portions that are bounded in number and in bytes', async () => {
    const long = 'x'.repeat(2_000);
    const first = await withAddress(long);
    for (const text of [long, 'y', 'z']) await addAddress(first.subject, text);
    await rotate(first);
    const values = new PgSealedValues(fixture.shop.open('worker'));
    const people = [{ subject: first.subject, version: 2 }];
    const all = await values.formerOf(people, {
      ...{ after: undefined, valuesMax: 10, bytesMax: 1_000_000 },
    });
    expect(all.values).toHaveLength(4);
    const one = await values.formerOf(people, { after: undefined, valuesMax: 10, bytesMax: 1 });
    expect(one).toEqual({ values: all.values.slice(0, 1), isMore: true });
    const rest = await values.formerOf(people, {
      ...{ after: all.values[0], valuesMax: 3, bytesMax: 1_000_000 },
    });
    expect(rest).toEqual({ values: all.values.slice(1), isMore: false });
    await turn();
    await turnADayLater();
  });
});
