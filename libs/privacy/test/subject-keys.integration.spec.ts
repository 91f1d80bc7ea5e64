import { newCellId, parseId } from '@entrepot/kernel';
import type { CellId, SubjectId } from '@entrepot/kernel';
import {
  FenceWatch,
  FieldCipher,
  isTombstone,
  SubjectKeyCache,
  SubjectKeys,
  Tombstone,
} from '@entrepot/platform-crypto';
import { statement, VaultDatabase } from '@entrepot/platform-database';
import { KMSClient, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { PrivacyFixture } from './privacy-fixture.ts';
import type { PgFenceWatch } from '../src/adapters/pg-fence-watch.ts';

const cell = 'in-1' as CellId;
let fixture: PrivacyFixture;
let worker: TestingModule;
let first: TestingModule;
let second: TestingModule;

beforeAll(async () => {
  fixture = await PrivacyFixture.start();
  worker = await fixture.startProcess('worker');
  [first, second] = [await fixture.startProcess('api'), await fixture.startProcess('api')];
});
afterAll(() => fixture.end());

const rowsOf = statement(
  'spec.subject_key_row',
  `SELECT state, kms_key_arn AS "keyArn", wrapped_key AS "wrapped"
   FROM vault.subject_key WHERE subject_id = $1`,
);
const fence = statement('spec.fence', "SELECT vault.fence_subject($1, 'erasure') AS seq");
const placeOf = (subject: SubjectId) => ({ table: 'identity.account', rowId: 'acc_1', subject });

async function newSubject(): Promise<SubjectId> {
  const subject = newCellId('subject', cell);
  await first.get(SubjectKeys).create(subject);
  return subject;
}
const keyRow = async (subject: SubjectId) => {
  const [row] = await worker
    .get(VaultDatabase)
    .query<{ state: string; keyArn: string; wrapped: Buffer }>(rowsOf, [subject]);
  return row;
};

describe('a key per person', () => {
  it('encrypts in one process what another one reads', async () => {
    const subject = await newSubject();
    const sealed = await first.get(FieldCipher).encrypt(placeOf(subject), { email: 'a@b.example' });
    expect(await second.get(FieldCipher).decrypt(placeOf(subject), sealed)).toEqual({
      email: 'a@b.example',
    });
  });

  it('gives each subject a KMS key of its own', async () => {
    const rows = await Promise.all(
      [newSubject(), newSubject()].map(async (id) => keyRow(await id)),
    );
    expect(rows[0]?.state).toBe('active');
    expect(rows[0]?.keyArn).toMatch(/^arn:aws:kms:/);
    expect(rows[0]?.keyArn).not.toBe(rows[1]?.keyArn);
  });

  it('makes one data key when two processes use a new subject at the same moment', async () => {
    const subject = newCellId('subject', cell);
    await Promise.all([
      first.get(SubjectKeys).create(subject),
      second.get(SubjectKeys).create(subject),
    ]);
    const sealed = await first.get(FieldCipher).encrypt(placeOf(subject), { name: 'x' });
    expect(await second.get(FieldCipher).decrypt(placeOf(subject), sealed)).toEqual({ name: 'x' });
  });

  it('leaves in the audit of KMS an opaque id of the person and nothing else about them', async () => {
    const subject = await newSubject();
    const sealed = await first.get(FieldCipher).encrypt(placeOf(subject), { email: 'a@b.example' });
    await second.get(FieldCipher).decrypt(placeOf(subject), sealed);
    const { keyArn = '' } = (await keyRow(subject)) ?? {};
    const records = await fixture.kms.audit(keyArn);
    expect(records.map(({ eventName }) => eventName)).toEqual(
      expect.arrayContaining(['CreateKey', 'GenerateDataKey', 'Decrypt']),
    );
    const contexts = records.flatMap(({ requestParameters }) => {
      const context = requestParameters?.encryptionContext;
      return context === undefined ? [] : [context];
    });
    expect(contexts.length).toBeGreaterThanOrEqual(2);
    for (const context of contexts) expect(context).toEqual({ purpose: 'subject-key', subject });
    expect(parseId(subject)).toEqual({ kind: 'subject', birthCell: cell });
    expect(JSON.stringify(records)).not.toContain('a@b.example');
  });

  it('answers a tombstone for a subject nobody knows', async () => {
    const outcome = await first.get(SubjectKeys).use(newCellId('subject', cell), () => 'used');
    expect(outcome).toEqual(new Tombstone('absent'));
  });
});

describe('the fence', () => {
  it('stops every process, cached keys included, and for ever', async () => {
    const subject = await newSubject();
    const sealed = await first.get(FieldCipher).encrypt(placeOf(subject), { name: 'x' });
    await second.get(FieldCipher).decrypt(placeOf(subject), sealed);
    await worker.get(VaultDatabase).query(fence, [subject]);
    for (const process of [first, second]) {
      await process.get<PgFenceWatch>(FenceWatch).poll();
      expect(await process.get(FieldCipher).decrypt(placeOf(subject), sealed)).toEqual(
        new Tombstone('fenced'),
      );
    }
    await expect(first.get(SubjectKeys).create(subject)).rejects.toMatchObject({
      code: 'SUBJECT_ERASED',
    });
    expect((await keyRow(subject))?.state).toBe('fenced');
  });

  it('counts a fence again as the same one and numbers fences without gaps', async () => {
    const database = worker.get(VaultDatabase);
    const subjects = [await newSubject(), await newSubject(), await newSubject()];
    const seqOf = async (subject: SubjectId) => {
      const [row] = await database.query<{ seq: bigint }>(fence, [subject]);
      return row?.seq ?? 0n;
    };
    const seqs = (await Promise.all(subjects.map(seqOf))).sort((a, b) => Number(a - b));
    expect(seqs[2]).toBe((seqs[0] ?? 0n) + 2n);
    expect(seqs).toContain(await seqOf(subjects[0] as SubjectId));
  });

  it('is never taken down', async () => {
    const remove = statement('spec.remove_fence', 'DELETE FROM vault.fence');
    await expect(worker.get(VaultDatabase).execute(remove)).rejects.toThrow('permission denied');
  });
});

describe('a destroyed KMS key', () => {
  it('reads as a tombstone even where the vault says that all is well', async () => {
    const subject = await newSubject();
    const sealed = await first.get(FieldCipher).encrypt(placeOf(subject), { name: 'x' });
    const eraser = new KMSClient({
      endpoint: fixture.kms.endpoint,
      region: fixture.kms.awsRegion,
      credentials: fixture.kms.credentialsFor('eraser'),
    });
    const { keyArn } = (await keyRow(subject)) ?? {};
    await eraser.send(new ScheduleKeyDeletionCommand({ KeyId: keyArn, PendingWindowInDays: 7 }));
    eraser.destroy();
    first.get(SubjectKeyCache).clear();
    expect(await first.get(FieldCipher).decrypt(placeOf(subject), sealed)).toEqual(
      new Tombstone('destroyed'),
    );
    await expect(
      first.get(FieldCipher).encrypt(placeOf(subject), { name: 'y' }),
    ).rejects.toMatchObject({ code: 'SUBJECT_ERASED' });
  });
});

describe('when KMS cannot be reached', () => {
  it('goes on with cached keys and refuses the others as unavailable', async () => {
    const known = await newSubject();
    const apart = await fixture.startProcess('api', 'http://127.0.0.1:9');
    expect(isTombstone(await first.get(SubjectKeys).use(known, () => 1))).toBe(false);
    await expect(apart.get(SubjectKeys).use(known, () => 1)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
  });
});
