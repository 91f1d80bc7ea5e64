import { newCellId } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import {
  FenceWatch,
  FieldCipher,
  readCiphertext,
  SubjectKeys,
  Tombstone,
} from '@entrepot/platform-crypto';
import type { Ciphertext } from '@entrepot/platform-crypto';
import { statement, VaultDatabase } from '@entrepot/platform-database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import type { PgFenceWatch } from '../src/adapters/pg-fence-watch.ts';
import { CiphertextVersions, DropFormerKeys } from '../src/application/drop-former-keys.ts';
import { shards } from '../src/application/key-places.ts';
import { KeyService } from '../src/application/key-service.ts';
import { KeyTrial } from '../src/application/key-trial.ts';
import { RotateSubjectKey } from '../src/application/rotate-subject-key.ts';
import { subjectKeyDrivers } from '../src/application/subject-key-driver.ts';
import { VaultStore } from '../src/application/vault-store.ts';
import { CuttableLine } from './cuttable-line.ts';
import { cell, EpochDrill } from './epoch-drill.ts';
import type { PrivacyFixture } from './privacy-fixture.ts';
import { copyOf, restore, withoutTriggers } from './vault-copy.ts';

const rowOf = statement(
  'spec.subject_key_row',
  `SELECT state, kms_key_arn AS "keyArn", wrapped_key AS "wrapped", key_version AS "version"
   FROM vault.subject_key WHERE subject_id = $1`,
);
const openRoot = statement(
  'spec.open_root',
  `SELECT root_key_arn AS "arn" FROM vault.key_epoch
   WHERE opened_at IS NOT NULL AND closed_at IS NULL`,
);
const fence = statement('spec.fence', "SELECT vault.fence_subject($1, 'erasure') AS seq");
const takeDataKey = statement(
  'spec.take_data_key',
  `UPDATE vault.subject_key thief SET wrapped_key = victim.wrapped_key
   FROM vault.subject_key victim WHERE victim.subject_id = $1 AND thief.subject_id = $2`,
);
const takeKek = statement(
  'spec.take_kek',
  `UPDATE vault.subject_kek thief SET wrapped_kek = victim.wrapped_kek
   FROM vault.subject_kek victim WHERE victim.subject_id = $1 AND thief.subject_id = $2`,
);

interface KeyRow {
  readonly state: string;
  readonly keyArn: string | null;
  readonly wrapped: Buffer | null;
  readonly version: number;
}

describe.each(subjectKeyDrivers)('subject keys kept by %s', (driver) => {
  let drill: EpochDrill;
  let fixture: PrivacyFixture;
  let worker: TestingModule;
  let first: TestingModule;
  let second: TestingModule;

  beforeAll(async () => {
    drill = await EpochDrill.start(driver);
    ({ fixture, worker, api: first, other: second } = drill);
  });
  afterAll(() => fixture.end());

  async function newSubject(): Promise<SubjectId> {
    const subject = newCellId('subject', cell);
    await first.get(SubjectKeys).create(subject);
    return subject;
  }
  const keyRow = async (subject: SubjectId) => {
    const [row] = await fixture.vault.open('superuser').query<KeyRow>(rowOf, [subject]);
    return row;
  };
  const seal = (subject: SubjectId, name: string, by = first) => drill.seal(subject, name, by);
  const open = (subject: SubjectId, sealed: { name: Ciphertext }, by = first) =>
    drill.open(subject, sealed, by);
  const forgetKeys = (process: TestingModule) => drill.forgetKeys(process);
  const putUpFence = (subject: SubjectId) => drill.fence(subject);

  async function passEpoch(): Promise<void> {
    await drill.openNext();
    await drill.endClosedEpoch();
  }

  describe('a key', () => {
    it('seals in one process what another one opens', async () => {
      const subject = await newSubject();
      expect(await open(subject, await seal(subject, 'Asha'), second)).toEqual({ name: 'Asha' });
    });

    it('belongs to one subject: no other key in the vault has the same bytes', async () => {
      const rows = await Promise.all(
        [newSubject(), newSubject()].map(async (id) => keyRow(await id)),
      );
      expect(rows.map((row) => row?.state)).toEqual(['active', 'active']);
      expect(rows[0]?.wrapped).not.toEqual(rows[1]?.wrapped);
      const arns = rows.map((row) => row?.keyArn);
      if (driver === 'kms-per-user') expect(new Set(arns).size).toBe(2);
      else expect(arns).toEqual([null, null]);
    });

    it('is made once when two processes create and use a new subject at the same moment', async () => {
      const subject = newCellId('subject', cell);
      await Promise.all(
        [first, second, first, second].map((process) => process.get(SubjectKeys).create(subject)),
      );
      expect(await open(subject, await seal(subject, 'x'), second)).toEqual({ name: 'x' });
      expect(await open(subject, await seal(subject, 'y', second))).toEqual({ name: 'y' });
    });

    it('leaves opaque ids in the audit of KMS and nothing else about anybody', async () => {
      const subject = await newSubject();
      const sealed = await seal(subject, 'Asha of the audit');
      await open(subject, sealed, second);
      const [epoch] = await fixture.vault.open('superuser').query<{ arn: string }>(openRoot);
      const keyArn = (await keyRow(subject))?.keyArn ?? epoch?.arn ?? '';
      const records = await fixture.kms.audit(keyArn);
      const contexts = records.flatMap(({ requestParameters }) => {
        const context = requestParameters?.encryptionContext;
        return context === undefined ? [] : [context];
      });
      expect(contexts.length).toBeGreaterThanOrEqual(2);
      for (const context of contexts) {
        const isOfSubject = context['purpose'] === 'subject-key';
        const names = isOfSubject ? ['purpose', 'subject'] : ['cell', 'epoch', 'purpose', 'shard'];
        expect(Object.keys(context).toSorted()).toEqual(names);
        if (isOfSubject) expect(context['subject']).toBe(subject);
      }
      expect(JSON.stringify(records)).not.toContain('Asha');
    });

    it('answers a tombstone for a subject nobody knows', async () => {
      const outcome = await first.get(SubjectKeys).use(newCellId('subject', cell), () => 'used');
      expect(outcome).toEqual(new Tombstone('absent'));
    });

    it('T3 is wrapped for its subject: put into the row of another it opens nothing', async () => {
      const [victim, thief] = [await newSubject(), await newSubject()];
      await seal(victim, 'x');
      await seal(thief, 'x');
      await fixture.vault.open('superuser').unitOfWork(async (tx) => {
        await tx.execute(withoutTriggers);
        await tx.execute(takeDataKey, [victim, thief]);
        await tx.execute(takeKek, [victim, thief]);
      });
      forgetKeys(first);
      await expect(seal(thief, 'y')).rejects.toThrow();
      // what cannot be unwrapped would keep its epoch from ending
      await drill.erase(thief);
      expect(await open(victim, await seal(victim, 'y'))).toEqual({ name: 'y' });
    });
  });

  describe('the fence', () => {
    it('stops every process, cached keys included, and for ever', async () => {
      const subject = await newSubject();
      const sealed = await seal(subject, 'x');
      await open(subject, sealed, second);
      await putUpFence(subject);
      for (const process of [first, second]) {
        await process.get<PgFenceWatch>(FenceWatch).poll();
        expect(await open(subject, sealed, process)).toEqual(new Tombstone('fenced'));
      }
      expect((await keyRow(subject))?.state).toBe('fenced');
    });

    it('lets no value be sealed after it is known, however the uses race with it', async () => {
      const subject = await newSubject();
      let isKnown = false;
      const sealedAfterwards: string[] = [];
      const writeOn = async (process: TestingModule) => {
        for (let at = 0; at < 200; at += 1) {
          const wasKnown = isKnown;
          try {
            const { name } = await seal(subject, `value ${at}`, process);
            if (wasKnown) sealedAfterwards.push(name);
          } catch (error) {
            expect(error).toMatchObject({ code: 'SUBJECT_ERASED' });
          }
        }
      };
      const putUp = async () => {
        await putUpFence(subject);
        for (const process of [first, second]) await process.get<PgFenceWatch>(FenceWatch).poll();
        isKnown = true;
      };
      await Promise.all([writeOn(first), putUp(), writeOn(second)]);
      await writeOn(first);
      expect(sealedAfterwards).toEqual([]);
    });

    it('keeps a key from being made again, in whatever state the row is', async () => {
      const [unknown, known] = [newCellId('subject', cell), await newSubject()];
      await putUpFence(known);
      const before = await copyOf(fixture.vault, known);
      await expect(first.get(SubjectKeys).create(known)).rejects.toMatchObject({
        code: 'SUBJECT_ERASED',
      });
      expect(await copyOf(fixture.vault, known)).toEqual(before);
      await expect(worker.get(RotateSubjectKey).execute(known)).rejects.toMatchObject({
        code: 'SUBJECT_ERASED',
      });
      await putUpFence(unknown);
      await expect(first.get(SubjectKeys).create(unknown)).rejects.toMatchObject({
        code: 'SUBJECT_ERASED',
      });
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

  describe('an erased person', () => {
    it('stays erased when an old row of the vault comes back', async () => {
      const [erased, other] = [await newSubject(), await newSubject()];
      const sealed = await seal(erased, 'canary');
      const ofOther = await seal(other, 'kept');
      const backup = await copyOf(fixture.vault, erased);
      await drill.erase(erased);
      expect(await open(erased, sealed, second)).toBeInstanceOf(Tombstone);
      await passEpoch();
      expect(await drill.ledgerEntry(erased)).toMatchObject({
        isUnusable: true,
        isDestroyed: true,
      });
      expect(await keyRow(erased)).toMatchObject({ state: 'destroyed', wrapped: null });

      await restore(fixture.vault, erased, backup);
      // a process that has just started knows of no fence and has nothing cached
      const fresh = await fixture.startProcess('api');
      expect(await open(erased, sealed, fresh)).toEqual(new Tombstone('destroyed'));
      await expect(seal(erased, 'y', fresh)).rejects.toMatchObject({ code: 'SUBJECT_ERASED' });
      expect(await open(other, ofOther, fresh)).toEqual({ name: 'kept' });
    });

    it('is tried past every fence, and opens as long as anything still wraps the key', async () => {
      const subject = await newSubject();
      await seal(subject, 'x');
      const opens = () => worker.get(KeyTrial).opens(subject);
      const backup = await copyOf(fixture.vault, subject);
      expect(await opens()).toBe(true);
      await putUpFence(subject);
      expect(await opens()).toBe(true);
      await drill.erase(subject);
      expect(await opens()).toBe(false);
      const erased = await copyOf(fixture.vault, subject);
      await restore(fixture.vault, subject, backup);
      // the key at KMS waits for its end; the root of the epoch serves everybody else
      expect(await opens()).toBe(driver === 'kms-epoch');
      await restore(fixture.vault, subject, erased);
    });

    it('is not called destroyed while a backup could still be opened', async () => {
      const subject = await newSubject();
      await seal(subject, 'x');
      await drill.erase(subject);
      await fixture.eraser.destroyKeys.execute();
      expect(await drill.ledgerEntry(subject)).toMatchObject({
        isUnusable: true,
        isDestroyed: false,
      });
    });

    it('ends the same when the eraser dies after each step', async () => {
      const subject = await newSubject();
      await seal(subject, 'x');
      await drill.erase(subject);
      const undo = statement(
        'spec.forget_unusable',
        'UPDATE vault.erasure_ledger SET key_unusable_at = NULL WHERE subject_id = $1',
      );
      await fixture.vault.open('superuser').execute(undo, [subject]);
      await fixture.eraser.destroyKeys.execute();
      await passEpoch();
      await fixture.eraser.destroyKeys.execute();
      expect(await drill.ledgerEntry(subject)).toMatchObject({
        isUnusable: true,
        isDestroyed: true,
      });
    });
  });

  describe('the calls of KMS', () => {
    it('are at most one for a person who comes cold, and none for one who comes again', async () => {
      const people = [];
      for (let at = 0; at < 40; at += 1) {
        const subject = await newSubject();
        people.push({ subject, sealed: await seal(subject, 'x') });
      }
      const fresh = await fixture.startProcess('api');
      let calls = 0;
      const service = fresh.get(KeyService);
      const unwrap = service.unwrap.bind(service);
      service.unwrap = (...call) => {
        calls += 1;
        return unwrap(...call);
      };
      for (const { subject, sealed } of people) await open(subject, sealed, fresh);
      expect(calls).toBeGreaterThan(0);
      expect(calls).toBeLessThanOrEqual(driver === 'kms-epoch' ? shards.length : people.length);
      const cold = calls;
      for (const { subject, sealed } of people) await open(subject, sealed, fresh);
      expect(calls).toBe(cold);
    });
  });

  describe('when KMS cannot be reached', () => {
    it('T8 serves what is in memory, and closes once that has ended', async () => {
      const line = await CuttableLine.to(fixture.kms.endpoint);
      try {
        const apart = await fixture.startProcess('api', { endpoint: line.endpoint });
        const subject = await newSubject();
        const sealed = await seal(subject, 'x', apart);
        line.cut();
        expect(await open(subject, sealed, apart)).toEqual({ name: 'x' });
        forgetKeys(apart);
        await expect(open(subject, sealed, apart)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
        line.mend();
        expect(await open(subject, sealed, apart)).toEqual({ name: 'x' });
      } finally {
        await line.close();
      }
    });
  });

  describe('a rotation', () => {
    it('T5 seals with a new version and goes on opening the former ones, in every process', async () => {
      const subject = await newSubject();
      const sealed = [await seal(subject, 'one')];
      for (const name of ['two', 'three']) {
        await open(subject, sealed[0] as { name: Ciphertext }, second);
        expect(await worker.get(RotateSubjectKey).execute(subject)).toBe(sealed.length + 1);
        forgetKeys(first);
        sealed.push(await seal(subject, name));
      }
      expect(sealed.map(({ name }) => readCiphertext(name).keyVersion)).toEqual([1, 2, 3]);
      // the second process has the first version in memory and meets the later ones
      for (const [at, name] of ['one', 'two', 'three'].entries()) {
        expect(await open(subject, sealed[at] as { name: Ciphertext }, second)).toEqual({ name });
      }
    });

    it('makes one new version when two are asked for at once', async () => {
      const subject = await newSubject();
      await seal(subject, 'x');
      const rotate = () => worker.get(RotateSubjectKey).execute(subject);
      const versions = await Promise.all([rotate(), rotate()]);
      expect((await keyRow(subject))?.version).toBe(Math.max(...versions));
      expect(await open(subject, await seal(subject, 'y'))).toEqual({ name: 'y' });
    });

    it('survives the move to another epoch', async () => {
      const subject = await newSubject();
      const before = await seal(subject, 'before');
      await worker.get(RotateSubjectKey).execute(subject);
      await passEpoch();
      for (const process of [first, second]) forgetKeys(process);
      expect(await open(subject, before)).toEqual({ name: 'before' });
      expect(readCiphertext((await seal(subject, 'after')).name).keyVersion).toBe(2);
    });

    it('drops a former version when no ciphertext names it any more, and not before', async () => {
      const subject = await newSubject();
      const before = await seal(subject, 'before');
      await worker.get(RotateSubjectKey).execute(subject);
      let named = 1;
      class KnownVersions extends CiphertextVersions {
        override versionsOf(people: readonly SubjectId[]) {
          return Promise.resolve(
            new Map(people.map((of) => [of, of === subject ? [named] : [1, 2]])),
          );
        }
      }
      const drop = new DropFormerKeys(worker.get(VaultStore), new KnownVersions(), fixture.clock);
      const readAnew = () => {
        forgetKeys(first);
        return open(subject, before);
      };
      const dropLater = () => fixture.daysLater(1, () => drop.execute());
      expect(await dropLater()).toBe(0);
      expect(await readAnew()).toEqual({ name: 'before' });
      named = 2;
      expect(await drop.execute()).toBe(0);
      // for a day a backup may be under way that holds a value of it
      expect(await dropLater()).toBe(0);
      expect(await readAnew()).toEqual({ name: 'before' });
      expect(await fixture.daysLater(3, () => drop.execute())).toBe(1);
      await expect(readAnew()).rejects.toThrow('does not belong here');
    });
  });

  it('T21 keeps two people apart in one record: the erasure of one leaves the part of the other', async () => {
    const [buyer, recipient] = [await newSubject(), await newSubject()];
    const part = (subject: SubjectId) => ({ table: 'orders.order', rowId: 'ord_1', subject });
    const cipher = first.get(FieldCipher);
    const ofBuyer = await cipher.encrypt(part(buyer), { address: 'buyer street' });
    const ofRecipient = await cipher.encrypt(part(recipient), { address: 'gift street' });
    await expect(cipher.decrypt(part(buyer), ofRecipient)).rejects.toThrow('does not belong here');
    await drill.erase(buyer);
    expect(await second.get(FieldCipher).decrypt(part(buyer), ofBuyer)).toBeInstanceOf(Tombstone);
    expect(await second.get(FieldCipher).decrypt(part(recipient), ofRecipient)).toEqual({
      address: 'gift street',
    });
  });

  it('refuses a process that was told of the other driver', async () => {
    const other = subjectKeyDrivers.find((name) => name !== driver);
    await expect(
      fixture.startProcess('api', other === undefined ? {} : { driver: other }),
    ).rejects.toThrow(`the keys of this vault are kept by ${driver}`);
  });
});
