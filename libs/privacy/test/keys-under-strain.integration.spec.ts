import { newCellId } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import {
  FenceWatch,
  readCiphertext,
  SubjectKeyCache,
  SubjectKeys,
} from '@entrepot/platform-crypto';
import type { Ciphertext } from '@entrepot/platform-crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { setImmediate } from 'node:timers/promises';
import { VaultSubjectKeys } from '../src/adapters/vault-subject-keys.ts';
import { subjectContext } from '../src/application/key-places.ts';
import { ErasedReferences } from '../src/application/erased-references.ts';
import { KeyService } from '../src/application/key-service.ts';
import { NewSubjects } from '../src/application/new-subjects.ts';
import { RotateSubjectKey } from '../src/application/rotate-subject-key.ts';
import { ShardKeys } from '../src/application/shard-keys.ts';
import { SubjectKeyDriver, subjectKeyDrivers } from '../src/application/subject-key-driver.ts';
import { VaultStore } from '../src/application/vault-store.ts';
import { CuttableLine } from './cuttable-line.ts';
import { cell, EpochDrill } from './epoch-drill.ts';

const rotations = 5;
const writesPerRotation = 40;

interface Written {
  readonly text: string;
  readonly sealed: { readonly name: Ciphertext };
}

/** The keys of a process with a cache whose clock and limits are the spec's. */
function keysOf(process: TestingModule, monotonicMs: () => number) {
  const fences = process.get(FenceWatch);
  const limits = { ageMsMax: 55_000, usesMax: 3, keysMax: 10 };
  const cache = new SubjectKeyCache({ fences, limits, monotonicMs });
  return new VaultSubjectKeys({
    store: process.get(VaultStore),
    driver: process.get(SubjectKeyDriver),
    subjects: process.get(NewSubjects),
    cache,
    references: process.get(ErasedReferences),
  });
}

describe.each(subjectKeyDrivers)('keys under strain, kept by %s', (driver) => {
  let drill: EpochDrill;
  beforeAll(async () => {
    drill = await EpochDrill.start(driver);
  }, 120_000);
  afterAll(() => drill.fixture.end());

  async function newSubject(): Promise<SubjectId> {
    const subject = newCellId('subject', cell);
    await drill.api.get(SubjectKeys).create(subject);
    return subject;
  }

  it('T3 are wrapped by KMS for one subject and opened in the name of no other', async () => {
    const service = drill.worker.get(KeyService);
    const [subject, other] = [newCellId('subject', cell), newCellId('subject', cell)];
    const keyArn = await service.createSubjectKey();
    const made = await service.newDataKey(keyArn, subjectContext(subject));
    expect(await service.unwrap(keyArn, made.wrapped, subjectContext(subject))).toEqual(
      made.plaintext,
    );
    const wrong = [subjectContext(other), { ...subjectContext(subject), purpose: 'another' }];
    for (const context of wrong) {
      const opened = service.unwrap(keyArn, made.wrapped, context);
      await expect(opened).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    }
  });

  it('T5 are rotated while two processes write and read, and every value stays readable', async () => {
    const subject = await newSubject();
    const written: Written[] = [];
    let isRotated = false;
    const writeOn = async (writer: TestingModule, reader: TestingModule) => {
      while (!isRotated || written.length < rotations * writesPerRotation) {
        const text = `value ${written.length}`;
        const sealed = await drill.seal(subject, text, writer);
        expect(await drill.open(subject, sealed, reader)).toEqual({ name: text });
        written.push({ text, sealed });
        // with its key in memory a process waits for nothing, and would keep the others from their turn
        await setImmediate();
      }
    };
    const rotate = async () => {
      for (let version = 2; version <= rotations + 1; version += 1) {
        const enough = (version - 1) * writesPerRotation;
        while (written.length < enough) await setImmediate();
        expect(await drill.worker.get(RotateSubjectKey).execute(subject)).toBe(version);
        // one process learns of it as if its minute were over, the other by what it meets
        drill.forgetKeys(drill.api);
      }
      isRotated = true;
    };
    await Promise.all([writeOn(drill.api, drill.other), writeOn(drill.other, drill.api), rotate()]);

    for (const writer of [drill.api, drill.other]) {
      drill.forgetKeys(writer);
      written.push({ text: 'last', sealed: await drill.seal(subject, 'last', writer) });
    }
    const versions = written.map(({ sealed }) => readCiphertext(sealed.name).keyVersion);
    expect(Math.min(...versions)).toBe(1);
    expect(Math.max(...versions)).toBe(rotations + 1);
    for (const process of [drill.api, drill.other]) drill.forgetKeys(process);
    for (const { text, sealed } of written) {
      expect(await drill.open(subject, sealed, drill.other)).toEqual({ name: text });
    }
  }, 60_000);

  it('T8 serve without KMS for a bounded time and number of uses, and then are closed', async () => {
    const line = await CuttableLine.to(drill.fixture.kms.endpoint);
    try {
      const apart = await drill.fixture.startProcess('api', { endpoint: line.endpoint });
      const [aged, used] = [await newSubject(), await newSubject()];
      let now = 0;
      const keys = keysOf(apart, () => now);
      const use = (subject: SubjectId) => keys.use(subject, (key) => key.version);
      for (const subject of [aged, used]) expect(await use(subject)).toBe(1);
      line.cut();
      // a shard key in memory would open the person's key once more: it has to end as well
      apart.get(ShardKeys).clear();
      expect([await use(used), await use(used)]).toEqual([1, 1]);
      await expect(use(used)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      now = 55_000;
      expect(await use(aged)).toBe(1);
      now += 1;
      await expect(use(aged)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      line.mend();
      expect([await use(aged), await use(used)]).toEqual([1, 1]);
    } finally {
      await line.close();
    }
  }, 60_000);
});
