import { PurgeRestored } from '@entrepot/flow-erasure';
import { newCellId } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import { evidenceClient, replayErasuresInto } from '@entrepot/privacy';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ErasureFixture } from './erasure-fixture.ts';

const password = 'correct horse battery staple';
let fixture: ErasureFixture;
let api: NestFastifyApplication;
let worker: INestApplicationContext;

beforeAll(async () => {
  fixture = await ErasureFixture.start();
  worker = await fixture.startWorker();
  await fixture.seedOfficers(worker, password, ['one@officers.example', 'two@officers.example']);
  api = await fixture.startApi();
});
afterAll(() => fixture.end());

const post = (url: string, payload: object) =>
  api.inject({ method: 'POST', url, payload, headers: { 'entrepot-residence': 'IN' } });

const subjectOf = statement(
  'spec.restored_subject_of',
  'SELECT subject_id AS "subject" FROM identity.account WHERE account_id = $1',
);
const rowsOf = statement(
  'spec.restored_rows_of',
  `SELECT s.status, (SELECT count(*)::int FROM identity.account a WHERE a.subject_id = s.subject_id) AS "accounts",
     r.purged_at IS NOT NULL AS "isPurged", r.closed_at IS NOT NULL AS "isClosed"
   FROM privacy.subject s LEFT JOIN privacy.restored_erasure r USING (subject_id) WHERE s.subject_id = $1`,
);

async function shopper(email: string): Promise<SubjectId> {
  const answer = await post('/v1/accounts', { email, password, fullName: 'Back Again' });
  const { id } = answer.json<{ id: string }>();
  const rows = await fixture.stores.shop
    .open('superuser')
    .query<{ subject: SubjectId }>(subjectOf, [id]);
  const subject = rows[0]?.subject;
  if (subject === undefined) throw new Error('the account was not written');
  return subject;
}

/** As a replay after a restore: the journal says it, and no request in the shop does. */
async function replay(subject: SubjectId, kinds: readonly ('fenced' | 'key-destroyed')[]) {
  const { shop, vault, kms } = fixture.stores;
  const requestId = newCellId('erasureRequest', fixture.cells.home);
  const at = '2026-11-01T10:00:00.000Z';
  await replayErasuresInto(
    {
      ...{ shopUrl: shop.urlFor('owner'), vaultUrl: vault.urlFor('owner'), isVaultRestored: true },
      kms: evidenceClient(kms.accessFor('administrator')),
    },
    kinds.map((kind, index) => ({
      ...{ cell: fixture.cells.home, seq: index + 1, previous: '', keyArn: '', signature: '' },
      fact: { kind, subject, requestId, at, keys: [] },
    })),
  );
}
const seen = async (subject: SubjectId) =>
  (await fixture.stores.shop.open('superuser').query<object>(rowsOf, [subject]))[0];
const purge = () => worker.get(PurgeRestored, { strict: false }).execute();

describe('the worker of a restored cell', () => {
  it('purges again whom the restore brought back, and nobody else', async () => {
    const [erased, other] = [
      await shopper('erased@people.example'),
      await shopper('other@people.example'),
    ];
    await replay(erased, ['fenced', 'key-destroyed']);
    expect(await purge()).toBe(1);
    expect(await seen(erased)).toEqual({
      ...{ status: 'erased', accounts: 0, isPurged: true, isClosed: true },
    });
    expect(await seen(other)).toMatchObject({ status: 'active', accounts: 1 });
    const signIn = (email: string) => post('/v1/sessions', { email, password });
    expect((await signIn('erased@people.example')).statusCode).toBe(401);
    expect((await signIn('other@people.example')).statusCode).toBe(201);
    expect(await purge()).toBe(0);
  });

  it('purges at once, and says erased only when the key is destroyed', async () => {
    const person = await shopper('pending@people.example');
    await replay(person, ['fenced']);
    expect(await purge()).toBe(0);
    expect(await seen(person)).toEqual({
      ...{ status: 'fenced', accounts: 0, isPurged: true, isClosed: false },
    });
    await replay(person, ['fenced', 'key-destroyed']);
    expect(await purge()).toBe(1);
    expect(await seen(person)).toMatchObject({ status: 'erased', isClosed: true });
  });

  it('says purged only when it has read every store again, one that nobody answers for among them', async () => {
    const person = await shopper('unknown-store@people.example');
    const owner = fixture.stores.shop.open('superuser');
    await owner.execute(plantTable);
    await owner.execute(letRead);
    await replay(person, ['fenced', 'key-destroyed']);
    await owner.execute(plantRow, [person]);
    expect(await purge()).toBe(0);
    expect(await seen(person)).toMatchObject({ status: 'fenced', isPurged: false });
    await owner.execute(dropTable);
    expect(await purge()).toBe(1);
    expect(await seen(person)).toMatchObject({ status: 'erased', isPurged: true, isClosed: true });
  });
});

const plantTable = statement(
  'spec.plant_table_of_restored',
  'CREATE TABLE carts.wish (wish_id text, subject_id text)',
);
const letRead = statement('spec.grant_of_restored', 'GRANT SELECT ON carts.wish TO shop_worker');
const plantRow = statement(
  'spec.plant_row_of_restored',
  `INSERT INTO carts.wish VALUES ('wish', $1)`,
);
const dropTable = statement('spec.drop_table_of_restored', 'DROP TABLE carts.wish');
