import {
  CancelKeyDeletionCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import type { KMSClient } from '@aws-sdk/client-kms';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { copyFileSync, existsSync, linkSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { EmulatorFixture } from './emulator-fixture.ts';

let fixture: EmulatorFixture;
let kms: KMSClient;

beforeEach(async () => {
  fixture = new EmulatorFixture();
  await fixture.start();
  kms = fixture.client('administrator');
});
afterEach(() => fixture.remove());

async function createKey(): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  return KeyMetadata?.KeyId ?? '';
}
const schedule = (KeyId: string, PendingWindowInDays?: number) =>
  kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays }));

/** The key's bytes as the store wrote them, found by its id. */
function materialOf(keyId: string): Buffer {
  const line = readFileSync(fixture.storeFile, 'utf8')
    .split('\n')
    .find((text) => text.includes('"material"') && text.includes(`"id":"${keyId}"`));
  return Buffer.from((JSON.parse(line ?? '{}') as { material: string }).material, 'base64');
}

describe('key deletion', () => {
  it.each([6, 31])('T10 refuses a waiting period of %i days', async (days) => {
    await expect(schedule(await createKey(), days)).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('waits 30 days unless told otherwise', async () => {
    const answer = await schedule(await createKey());
    expect(answer.PendingWindowInDays).toBe(30);
    expect(answer.KeyState).toBe('PendingDeletion');
  });

  it('gives a rescued key back disabled, and usable once enabled', async () => {
    const KeyId = await createKey();
    const { CiphertextBlob } = await kms.send(
      new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }),
    );
    await schedule(KeyId, 7);
    await kms.send(new CancelKeyDeletionCommand({ KeyId }));
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
    expect(KeyMetadata).toMatchObject({ KeyState: 'Disabled', Enabled: false });
    expect(KeyMetadata?.DeletionDate).toBeUndefined();
    await fixture.advanceClock(8);
    await kms.send(new EnableKeyCommand({ KeyId }));
    const opened = await kms.send(new DecryptCommand({ CiphertextBlob }));
    expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('x');
  });

  it('T11 destroys the key when the period is over: nothing decrypts and no file holds its bytes', async () => {
    const [doomed, other] = [await createKey(), await createKey()];
    const sealed = await Promise.all(
      [doomed, other].map((KeyId) =>
        kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') })),
      ),
    );
    const [doomedBytes, otherBytes] = [materialOf(doomed), materialOf(other)];
    expect(doomedBytes).toHaveLength(32);
    expect(fixture.filesHolding(doomedBytes)).toEqual(['keys.jsonl']);

    await schedule(doomed, 7);
    await fixture.advanceClock(6.9);
    expect(fixture.filesHolding(doomedBytes)).toEqual(['keys.jsonl']);
    const moved = await fixture.advanceClock(0.2);
    expect(await moved.json()).toMatchObject({ destroyedKeyIds: [doomed] });

    expect(fixture.filesHolding(doomedBytes)).toEqual([]);
    expect(fixture.filesHolding(otherBytes)).toEqual(['keys.jsonl']);
    const open = (at: number) =>
      kms.send(new DecryptCommand({ CiphertextBlob: sealed[at]?.CiphertextBlob }));
    await expect(open(0)).rejects.toMatchObject({ name: 'NotFoundException' });
    await expect(open(1)).resolves.toHaveProperty('Plaintext');
    const notFound = { name: 'NotFoundException' };
    await expect(kms.send(new DescribeKeyCommand({ KeyId: doomed }))).rejects.toMatchObject(
      notFound,
    );
    await expect(kms.send(new CancelKeyDeletionCommand({ KeyId: doomed }))).rejects.toMatchObject(
      notFound,
    );
  });
});

describe('the store', () => {
  it('keeps keys, states and the clock over a restart, readable by its owner only', async () => {
    const [used, doomed] = [await createKey(), await createKey()];
    const { CiphertextBlob } = await kms.send(
      new EncryptCommand({ KeyId: used, Plaintext: Buffer.from('kept') }),
    );
    await schedule(doomed, 7);
    await fixture.advanceClock(5);
    await fixture.restart();
    kms = fixture.client('administrator');
    const opened = await kms.send(new DecryptCommand({ CiphertextBlob }));
    expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('kept');
    const moved = await fixture.advanceClock(2.1);
    expect(await moved.json()).toMatchObject({ destroyedKeyIds: [doomed] });
    expect(statSync(fixture.storeFile).mode & 0o777).toBe(0o600);
  });

  it('opens a file from before keys had an origin', async () => {
    const KeyId = await createKey();
    const sealed = await kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('old') }));
    await fixture.stop();
    const text = readFileSync(fixture.storeFile, 'utf8');
    expect(text).toContain('"origin":"AWS_KMS",');
    writeFileSync(fixture.storeFile, text.replaceAll('"origin":"AWS_KMS",', ''));
    await fixture.start();
    kms = fixture.client('administrator');
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
    expect(KeyMetadata?.Origin).toBe('AWS_KMS');
    const { CiphertextBlob } = sealed;
    await expect(kms.send(new DecryptCommand({ CiphertextBlob }))).resolves.toHaveProperty(
      'Plaintext',
    );
  });

  it('overwrites and removes what a crash left of a file that was to take its place', async () => {
    const KeyId = await createKey();
    const bytes = materialOf(KeyId);
    await fixture.stop();
    const unfinished = `${fixture.storeFile}.new`;
    const linked = `${fixture.storeFile}.linked`;
    copyFileSync(fixture.storeFile, unfinished);
    linkSync(unfinished, linked);
    expect(fixture.filesHolding(bytes)).toHaveLength(3);
    await fixture.start();
    expect(existsSync(unfinished)).toBe(false);
    expect(fixture.filesHolding(bytes)).toEqual(['keys.jsonl']);
  });

  it('opens after a crash that tore the last line', async () => {
    const KeyId = await createKey();
    await fixture.stop();
    await appendFile(fixture.storeFile, '{"kind":"key","key":{"id":"to');
    await fixture.start();
    kms = fixture.client('administrator');
    const later = await createKey();
    await fixture.restart();
    kms = fixture.client('administrator');
    for (const id of [KeyId, later]) {
      await expect(kms.send(new DescribeKeyCommand({ KeyId: id }))).resolves.toHaveProperty(
        'KeyMetadata',
      );
    }
  });
});
