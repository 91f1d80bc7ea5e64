import { newCellId } from '@entrepot/kernel';
import type { CellId, SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { Statement } from '@entrepot/platform-database';
import type { ShopDatabase } from '@entrepot/platform-database';
import { testDatabase } from '@entrepot/testing';
import type { TestDatabase } from '@entrepot/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const cell = 'in-1' as CellId;
let database: TestDatabase<'shop'>;
let api: ShopDatabase;
let worker: ShopDatabase;

beforeAll(async () => {
  database = await testDatabase('shop', { cell });
  api = database.open('api', { connectionsMax: 8 });
  worker = database.open('worker');
});
afterAll(() => database.drop());

const admit = statement('spec.guard_admit', 'SELECT privacy.admit_subject($1)');
const fence = statement('spec.guard_fence', 'SELECT privacy.fence_subject($1)');
const sealed = `v1|A256GCM|x|1|a|b|c`;
const insertAddress = statement(
  'spec.guard_insert',
  'INSERT INTO identity.address (address_id, subject_id, content) VALUES ($1, $2, $3)',
);
const changeAddress = statement(
  'spec.guard_change',
  'UPDATE identity.address SET content = $2 WHERE address_id = $1',
);
const touchAddress = statement(
  'spec.guard_touch',
  'UPDATE identity.address SET version = version + 1 WHERE address_id = $1',
);

async function newSubject(): Promise<SubjectId> {
  const subject = newCellId('subject', cell);
  await api.query(admit, [subject]);
  return subject;
}
async function newAddress(subject: SubjectId): Promise<string> {
  const id = newCellId('address', cell);
  await api.execute(insertAddress, [id, subject, sealed]);
  return id;
}

describe('the guard on personal writes', () => {
  it('lets an active subject be written about', async () => {
    const id = await newAddress(await newSubject());
    expect(await api.execute(changeAddress, [id, `${sealed}2`])).toBe(1);
  });

  it('refuses a subject that nobody admitted', async () => {
    await expect(newAddress(newCellId('subject', cell))).rejects.toMatchObject({ code: 'PR002' });
  });

  it('refuses new rows and new values once fenced, and lets everything else pass', async () => {
    const subject = await newSubject();
    const id = await newAddress(subject);
    await worker.query(fence, [subject]);
    await expect(newAddress(subject)).rejects.toMatchObject({ code: 'PR001' });
    await expect(api.execute(changeAddress, [id, `${sealed}2`])).rejects.toMatchObject({
      code: 'PR001',
    });
    expect(await api.execute(touchAddress, [id])).toBe(1);
  });

  it('refuses to hand a row of an active subject to a fenced one', async () => {
    const [owner, fenced] = [await newSubject(), await newSubject()];
    const id = await newAddress(owner);
    await worker.query(fence, [fenced]);
    const move = statement(
      'spec.guard_move',
      'UPDATE identity.address SET subject_id = $2 WHERE address_id = $1',
    );
    await expect(api.execute(move, [id, fenced])).rejects.toMatchObject({ code: 'PR001' });
  });

  it('T18 makes the fence wait for writes under way, and every later write fail', async () => {
    const subject = await newSubject();
    let fenceEnded = false;
    let fencing: Promise<unknown> = Promise.resolve();
    const id = newCellId('address', cell);
    await api.unitOfWork(async (tx) => {
      await tx.execute(insertAddress, [id, subject, sealed]);
      fencing = worker.query(fence, [subject]).then(() => (fenceEnded = true));
      await someoneIsBlocked();
      expect(fenceEnded).toBe(false);
    });
    await fencing;
    const count = statement(
      'spec.guard_count',
      'SELECT count(*)::int AS "count" FROM identity.address WHERE address_id = $1',
    );
    expect(await api.query(count, [id])).toEqual([{ count: 1 }]);
    await expect(newAddress(subject)).rejects.toMatchObject({ code: 'PR001' });
  });

  it('never makes a fenced subject active again', async () => {
    const subject = await newSubject();
    await worker.query(fence, [subject]);
    const revive = statement(
      'spec.guard_revive',
      "UPDATE privacy.subject SET status = 'active' WHERE subject_id = $1",
    );
    await expect(worker.execute(revive, [subject])).rejects.toThrow('for good');
    await expect(api.execute(revive, [subject])).rejects.toThrow('permission denied');
  });
});

describe('an erasure request', () => {
  const insertRequest = statement(
    'spec.request_insert',
    `INSERT INTO privacy.erasure_request (request_id, subject_id, requested_by, requested_by_person,
       confirmed_at, approved_by, approved_by_person, approved_at, requested_at, due_at, plan,
       plan_digest, confirmed_digest, approved_digest, status)
     SELECT $1, $2, $3, $4, now(), $5, $6, now(), now(), now() + interval '1 month', '{}', digest,
       digest, digest, 'approved'
     FROM encode(sha256('{}'), 'hex') AS digest`,
  );
  const insertReceived = statement(
    'spec.request_received',
    `INSERT INTO privacy.erasure_request (request_id, subject_id, requested_by, requested_by_person,
       requested_at, due_at)
     VALUES ($1, $2, $3, $4, now(), now() + interval '1 month')`,
  );
  const insertEvent = statement(
    'spec.request_event',
    `INSERT INTO privacy.erasure_event (request_id, seq, action, actor, at, hash)
     VALUES ($1, 1, 'receive', 'worker', now(), '')`,
  );
  const withEvent = (how: Statement, ...values: unknown[]) =>
    api.unitOfWork(async (tx) => {
      const id = newCellId('erasureRequest', cell);
      const written = await tx.execute(how, [id, ...values]);
      await tx.execute(insertEvent, [id]);
      return written;
    });
  const request = (subject: string, asked: [string, string], approved: [string, string]) =>
    withEvent(insertRequest, subject, ...asked, ...approved);
  const [a, b] = [['stf_a', 'sub_a'] as [string, string], ['stf_b', 'sub_b'] as [string, string]];

  it('needs two different people, neither of them the subject', async () => {
    const subject = newCellId('subject', cell);
    await expect(request(subject, a, a)).rejects.toThrow('four_eyes');
    await expect(request(subject, a, ['stf_other', 'sub_a'])).rejects.toThrow('four_eyes');
    await expect(request(subject, a, ['stf_b', subject])).rejects.toThrow('not_of_oneself');
  });

  it('needs the signatures of those whom it names', async () => {
    const subject = newCellId('subject', cell);
    await expect(request(subject, a, b)).rejects.toThrow('is not signed by whom it names');
  });

  it('is open once about one person', async () => {
    const subject = newCellId('subject', cell);
    expect(await withEvent(insertReceived, subject, ...a)).toBe(1);
    await expect(withEvent(insertReceived, subject, ...b)).rejects.toThrow('erasure_request_open');
  });
});

/** Waits until someone is seen to wait for a lock; the server ends a transaction that takes too long. */
async function someoneIsBlocked(): Promise<void> {
  const waiting = statement(
    'spec.guard_waiting',
    'SELECT count(*)::int AS "count" FROM pg_locks WHERE NOT granted',
  );
  let blocked = 0;
  while (blocked === 0) {
    const [row] = await api.query<{ count: number }>(waiting);
    blocked = row?.count ?? 0;
  }
}
