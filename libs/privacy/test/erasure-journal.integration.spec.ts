import { CreateKeyCommand, DescribeKeyCommand } from '@aws-sdk/client-kms';
import type { KMSClient } from '@aws-sdk/client-kms';
import { newCellId, SystemClock } from '@entrepot/kernel';
import type { CellId, ErasureRequestId, SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { VaultDatabase } from '@entrepot/platform-database';
import { Log } from '@entrepot/platform-telemetry';
import { testDatabase, testFolder, testKms } from '@entrepot/testing';
import type { KmsPrincipal, TestDatabase, TestKms } from '@entrepot/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { join } from 'node:path';
import { AwsEvidenceKeys } from '../src/adapters/aws-evidence-keys.ts';
import { AwsEvidenceSigner } from '../src/adapters/aws-evidence-signer.ts';
import { evidenceClient } from '../src/adapters/evidence-client.ts';
import { AwsKeyDestroyer } from '../src/adapters/aws-key-destroyer.ts';
import type { JournalPlaces } from '../src/adapters/folder-erasure-journal.ts';
import { PgEpochEnds } from '../src/adapters/pg-epoch-ends.ts';
import { PgErasureLedger } from '../src/adapters/pg-erasure-ledger.ts';
import { readErasureJournal } from '../src/adapters/read-erasure-journal.ts';
import { DestroyKeys, ErasureApprovals } from '../src/application/destroy-keys.ts';
import { NoteEpochs } from '../src/application/note-epochs.ts';
import { ErasureJournal } from '../src/application/erasure-journal.ts';
import type { ErasureRequest } from '../src/domain/erasure-request.ts';
import { BrokenJournalError, messageOf } from '../src/domain/erasure-journal.ts';
import { openErasureJournal } from '../src/open-erasure-journal.ts';
import { GivenProofs } from '../src/testing/index.ts';

const cell = 'in-1' as CellId;
const windowDays = 8;
const log = new Log({ level: 'error', bound: { cell } });
let vault: TestDatabase<'vault'>;
let kms: TestKms;
let signingKeyArn: string;
let places: JournalPlaces;

const access = (principal: KmsPrincipal) => kms.accessFor(principal);
const client = (principal: KmsPrincipal): KMSClient => evidenceClient(access(principal));
const openJournal = () =>
  openErasureJournal({ cell, places, kms: access('eraser'), signingKeyArn });

beforeAll(async () => {
  [vault, kms] = await Promise.all([testDatabase('vault', { cell }), testKms({ cell })]);
  const { KeyMetadata } = await client('administrator').send(
    new CreateKeyCommand({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }),
  );
  signingKeyArn = KeyMetadata?.Arn ?? '';
  await vault.open('worker').execute(chooseDriver);
});
beforeEach(() => {
  const base = testFolder('erasure-journal');
  places = { folder: join(base, 'journal'), witness: join(base, 'witness') };
});
afterAll(() => vault.drop());

const chooseDriver = statement(
  'spec.journal_choose_driver',
  `INSERT INTO vault.key_driver (driver) VALUES ('kms-per-user')`,
);
const insertKey = statement(
  'spec.journal_insert_key',
  `INSERT INTO vault.subject_key (subject_id, kms_key_arn, wrapped_key, state, activated_at)
   VALUES ($1, $2, 'wrapped', 'active', now())`,
);
const fence = statement('spec.journal_fence', `SELECT vault.fence_subject($1, 'erasure')`);
const ledgerOf = statement(
  'spec.journal_ledger',
  `SELECT key_unusable_at IS NOT NULL AS "isUnusable", key_destroyed_at IS NOT NULL AS "isDestroyed"
   FROM vault.erasure_ledger WHERE subject_id = $1`,
);
const inLedger = async (subject: SubjectId) =>
  (await vault.open('audit').query<object>(ledgerOf, [subject]))[0];

const plan = {
  ...{ text: '{}', digest: 'a'.repeat(64) },
  ...{ keepsSomething: false, needsExtract: false },
};

/** Somebody with a key, whose erasure two officers have approved and whom the worker has fenced. */
async function fencedPerson() {
  const subject = newCellId('subject', cell);
  const { KeyMetadata } = await client('worker').send(new CreateKeyCommand({}));
  const keyArn = KeyMetadata?.Arn ?? '';
  await vault.open('superuser').execute(insertKey, [subject, keyArn]);
  await vault.open('worker').query(fence, [subject]);
  const officer = () => ({ staffId: newCellId('staff', cell), person: newCellId('subject', cell) });
  const request: ErasureRequest = {
    ...{ id: newCellId('erasureRequest', cell), subject, status: 'extracted', version: 9 },
    requestedBy: officer(),
    confirmation: { planDigest: plan.digest, at: new Date() },
    approval: { ...officer(), planDigest: plan.digest, at: new Date() },
    ...{ requestedAt: new Date(), dueAt: new Date(), extendedTo: undefined },
    ...{ plan, identity: 'named_by_staff', coolingOffUntil: new Date(), committedAt: new Date() },
    ...{ fencedAt: new Date(), drainedAt: new Date(), keyUnusableAt: undefined },
    ...{ purgedAt: undefined, keyDestroyedAt: undefined, closedAt: undefined },
    ...{ resumesTo: undefined, failure: undefined, duplicateOf: undefined },
  };
  return { subject, keyArn, request };
}

class GivenApprovals extends ErasureApprovals {
  constructor(private readonly requests: ErasureRequest[]) {
    super();
  }

  override extracted(): Promise<ErasureRequest[]> {
    return Promise.resolve(this.requests);
  }

  override find(id: ErasureRequestId): Promise<ErasureRequest | undefined> {
    return Promise.resolve(this.requests.find((request) => request.id === id));
  }
}

/** A vault that is lost in the moment in which it should write a step down. */
class LostLedger extends PgErasureLedger {
  constructor(
    database: VaultDatabase,
    private readonly lostAt: 'enter' | 'unusable' | 'destroyed',
  ) {
    super(database);
  }

  override enter(request: ErasureRequest) {
    return this.lostAt === 'enter' ? lost() : super.enter(request);
  }

  override recordUnusable(key: Parameters<PgErasureLedger['recordUnusable']>[0]) {
    return this.lostAt === 'unusable' ? lost() : super.recordUnusable(key);
  }

  override recordDestroyed(key: Parameters<PgErasureLedger['recordDestroyed']>[0]) {
    return this.lostAt === 'destroyed' ? lost() : super.recordDestroyed(key);
  }
}
const lost = (): Promise<never> => Promise.reject(new Error('the process was killed here'));

class ClosedJournal extends ErasureJournal {
  override append(): Promise<void> {
    return Promise.reject(new BrokenJournalError('truncated', 'it ends too early'));
  }
}

const eraserOver = (
  journal: ErasureJournal,
  request: ErasureRequest,
  ledger = new PgErasureLedger(vault.open('eraser')),
) =>
  new DestroyKeys({
    ...{ ledger, journal, log, approvals: new GivenApprovals([request]) },
    proofs: new GivenProofs(),
    keys: new AwsKeyDestroyer(access('eraser')),
    epochs: new NoteEpochs({ ends: new PgEpochEnds(vault.open('eraser')), journal }),
  });

async function passWindow(): Promise<void> {
  const answer = await fetch(`${kms.endpoint}/emulator/clock`, {
    method: 'POST',
    headers: { authorization: `Bearer ${kms.adminSecret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ advanceSeconds: windowDays * 86_400 }),
  });
  expect(answer.status).toBe(200);
}

const kindsOnDisk = async () =>
  (await readErasureJournal({ ...places, cell })).entries.map(({ fact }) => fact.kind);
const keyState = async (keyArn: string) => {
  const answer = await client('auditor').send(new DescribeKeyCommand({ KeyId: keyArn }));
  return answer.KeyMetadata?.KeyState;
};

describe('the journal of the eraser', () => {
  it('holds each fact once, signed by KMS, and names the key by its digest alone', async () => {
    const { subject, keyArn, request } = await fencedPerson();
    const opened = await openJournal();
    const eraser = eraserOver(opened.journal, request);
    await eraser.execute();
    await eraser.execute();
    await passWindow();
    await eraser.execute();
    opened.close();
    const { entries, witnessed, head } = await readErasureJournal({ ...places, cell });
    const keys = [`arn-sha256:${createHash('sha256').update(keyArn).digest('hex')}`];
    const of = { subject, requestId: request.id, keys };
    expect(entries.map(({ fact }) => fact)).toEqual([
      { kind: 'opened', at: expect.any(String) },
      { kind: 'fenced', ...of, at: expect.any(String) },
      { kind: 'key-unusable', ...of, at: expect.any(String) },
      { kind: 'key-destroyed', ...of, at: expect.any(String) },
    ]);
    expect(witnessed).toEqual(head);
    expect(JSON.stringify(entries)).not.toContain(keyArn);
    expect(await inLedger(subject)).toEqual({ isUnusable: true, isDestroyed: true });
  });

  it.each(['enter', 'unusable', 'destroyed'] as const)(
    'has a fact before the vault has it: killed at %s, it goes on with the same entry',
    async (lostAt) => {
      const { subject, request } = await fencedPerson();
      const before = await openJournal();
      const killed = eraserOver(
        before.journal,
        request,
        new LostLedger(vault.open('eraser'), lostAt),
      );
      const kinds = { enter: 'fenced', unusable: 'key-unusable', destroyed: 'key-destroyed' };
      if (lostAt === 'destroyed') {
        await killed.execute();
        await passWindow();
      }
      await expect(killed.execute()).rejects.toThrow('killed here');
      before.close();
      expect((await kindsOnDisk()).at(-1)).toBe(kinds[lostAt]);
      const behind = { enter: undefined, unusable: { isUnusable: false, isDestroyed: false } };
      expect(await inLedger(subject)).toEqual(
        lostAt === 'destroyed' ? { isUnusable: true, isDestroyed: false } : behind[lostAt],
      );

      const after = await openJournal();
      const again = eraserOver(after.journal, request);
      await again.execute();
      await passWindow();
      await again.execute();
      after.close();
      expect(await kindsOnDisk()).toEqual(['opened', 'fenced', 'key-unusable', 'key-destroyed']);
      expect(await inLedger(subject)).toEqual({ isUnusable: true, isDestroyed: true });
    },
  );

  it('that cannot be written to keeps the eraser from ending any key', async () => {
    const { subject, keyArn, request } = await fencedPerson();
    await expect(eraserOver(new ClosedJournal(), request).execute()).rejects.toMatchObject({
      code: 'ERASURE_JOURNAL_TRUNCATED',
    });
    expect(await keyState(keyArn)).toBe('Enabled');
    expect(await inLedger(subject)).toBeUndefined();
  });

  it('writes nothing about somebody whom the vault has not fenced', async () => {
    const { request } = await fencedPerson();
    const opened = await openJournal();
    const unfenced = { ...request, subject: newCellId('subject', cell) };
    await eraserOver(opened.journal, unfenced).execute();
    opened.close();
    expect(await kindsOnDisk()).toEqual(['opened']);
  });

  it('is signed in the form of JWS, which anybody verifies without KMS', async () => {
    const signer = new AwsEvidenceSigner(access('eraser'), () => Promise.resolve(signingKeyArn));
    const pem = await new AwsEvidenceKeys(access('eraser')).publicKeyOf(signingKeyArn);
    const key = { key: createPublicKey(pem), dsaEncoding: 'ieee-p1363' as const };
    const der = { key: createPublicKey(pem), dsaEncoding: 'der' as const };
    const message = messageOf({
      ...{ cell, seq: 1, previous: '0'.repeat(64) },
      fact: { kind: 'opened', at: new SystemClock().now().toISOString() },
    });
    // a leading zero byte of r or s is cut or added by DER: of so many signatures, some have one
    for (let attempt = 0; attempt < 300; attempt += 1) {
      const { signature, keyArn } = await signer.sign(message);
      expect(keyArn).toBe(signingKeyArn);
      expect(signature).toHaveLength(64);
      expect(verify('sha256', message, key, signature)).toBe(true);
      expect(verify('sha256', message, der, signature)).toBe(false);
    }
  });
});
