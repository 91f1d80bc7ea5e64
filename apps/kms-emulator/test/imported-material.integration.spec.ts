import {
  CancelKeyDeletionCommand,
  CreateKeyCommand,
  DecryptCommand,
  DeleteImportedKeyMaterialCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EncryptCommand,
  GenerateMacCommand,
  ImportKeyMaterialCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import type { CreateKeyCommandInput, KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { emulatorOf, itWith, openEndpoint } from './kms-endpoint.ts';
import { importInto, wrapFor } from './wrapped-material.ts';

const endpoint = openEndpoint();
const importing = endpoint.capabilities.has('import') ? describe : describe.skip;
const dayMs = 86_400_000;
const stays = { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' } as const;
let kms: KMSClient;

beforeAll(async () => {
  await endpoint.start();
  kms = endpoint.administrator();
});
afterAll(() => endpoint.remove());

async function createKey(input: CreateKeyCommandInput = { Origin: 'EXTERNAL' }): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand(input));
  return KeyMetadata?.KeyId ?? '';
}
async function metadataOf(KeyId: string) {
  return (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata;
}
async function seal(KeyId: string): Promise<Uint8Array | undefined> {
  const Plaintext = Buffer.from('sealed');
  return (await kms.send(new EncryptCommand({ KeyId, Plaintext }))).CiphertextBlob;
}
async function open(CiphertextBlob: Uint8Array | undefined): Promise<string> {
  const { Plaintext } = await kms.send(new DecryptCommand({ CiphertextBlob }));
  return Buffer.from(Plaintext ?? []).toString();
}
const deleteMaterial = (KeyId: string) => kms.send(new DeleteImportedKeyMaterialCommand({ KeyId }));

importing('a key whose bytes are imported', () => {
  it('waits for them and cannot be used before', async () => {
    const KeyId = await createKey();
    expect(await metadataOf(KeyId)).toMatchObject({
      KeyState: 'PendingImport',
      Enabled: false,
      Origin: 'EXTERNAL',
    });
    await expect(seal(KeyId)).rejects.toMatchObject({ name: 'KMSInvalidStateException' });
  });

  it.each(
    (['RSA_2048', 'RSA_3072', 'RSA_4096'] as const).flatMap((spec) =>
      (['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] as const).map((algorithm) => ({
        spec,
        algorithm,
      })),
    ),
  )('takes them under $spec with $algorithm', async ({ spec, algorithm }) => {
    const KeyId = await createKey();
    const wrapped = await wrapFor(kms, KeyId, randomBytes(32), spec, algorithm);
    await kms.send(new ImportKeyMaterialCommand({ KeyId, ...wrapped, ...stays }));
    expect(await metadataOf(KeyId)).toMatchObject({
      KeyState: 'Enabled',
      ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
    });
    expect(await open(await seal(KeyId))).toBe('sealed');
  });

  it('makes the MACs of the very bytes that were imported', async () => {
    const KeyId = await createKey({
      Origin: 'EXTERNAL',
      KeySpec: 'HMAC_256',
      KeyUsage: 'GENERATE_VERIFY_MAC',
    });
    const material = randomBytes(32);
    await importInto(kms, KeyId, material);
    const Message = Buffer.from('m');
    const { Mac } = await kms.send(
      new GenerateMacCommand({ KeyId, Message, MacAlgorithm: 'HMAC_SHA_256' }),
    );
    expect(Buffer.from(Mac ?? [])).toEqual(createHmac('sha256', material).update(Message).digest());
  });

  it('opens what it sealed once the same bytes are back, and takes no others', async () => {
    const KeyId = await createKey();
    const material = randomBytes(32);
    await importInto(kms, KeyId, material);
    const sealed = await seal(KeyId);
    await deleteMaterial(KeyId);
    await expect(open(sealed)).rejects.toMatchObject({ name: 'KMSInvalidStateException' });
    await expect(importInto(kms, KeyId, randomBytes(32))).rejects.toMatchObject({
      name: 'IncorrectKeyMaterialException',
    });
    expect(await metadataOf(KeyId)).toMatchObject({ KeyState: 'PendingImport' });
    await importInto(kms, KeyId, material);
    expect(await open(sealed)).toBe('sealed');
  });

  it('refuses bytes of another length', async () => {
    await expect(importInto(kms, await createKey(), randomBytes(16))).rejects.toMatchObject({
      name: 'IncorrectKeyMaterialException',
    });
  });

  it('refuses a token of another key, an unknown one, and bytes under another wrapping key', async () => {
    const [KeyId, other] = [await createKey(), await createKey()];
    const [own, foreign] = [
      await wrapFor(kms, KeyId, randomBytes(32)),
      await wrapFor(kms, other, randomBytes(32)),
    ];
    const send = (changes: object) =>
      kms.send(new ImportKeyMaterialCommand({ KeyId, ...own, ...stays, ...changes }));
    const invalidToken = { name: 'InvalidImportTokenException' };
    await expect(send(foreign)).rejects.toMatchObject(invalidToken);
    await expect(send({ ImportToken: randomBytes(64) })).rejects.toMatchObject(invalidToken);
    await expect(
      send({ EncryptedKeyMaterial: foreign.EncryptedKeyMaterial }),
    ).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
    await expect(send({})).resolves.toBeDefined();
  });

  it.each([
    ['that expires without a date', {}],
    ['that stays until a date', { ...stays, ValidTo: new Date(Date.now() + dayMs) }],
    ['that expired', { ValidTo: new Date(Date.now() - dayMs) }],
    ['that expires in more than a year', { ValidTo: new Date(Date.now() + 400 * dayMs) }],
  ])('refuses material %s', async (_, expiration) => {
    const KeyId = await createKey();
    const wrapped = await wrapFor(kms, KeyId, randomBytes(32));
    await expect(
      kms.send(new ImportKeyMaterialCommand({ KeyId, ...wrapped, ...expiration })),
    ).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('is another kind than a key that KMS made', async () => {
    const KeyId = await createKey({});
    const unsupported = { name: 'UnsupportedOperationException' };
    await expect(wrapFor(kms, KeyId, randomBytes(32))).rejects.toMatchObject(unsupported);
    await expect(deleteMaterial(KeyId)).rejects.toMatchObject(unsupported);
    expect(await open(await seal(KeyId))).toBe('sealed');
  });

  it('loses its bytes also while it waits for its end, and is not usable when rescued', async () => {
    const KeyId = await createKey();
    await importInto(kms, KeyId, randomBytes(32));
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    await deleteMaterial(KeyId);
    expect(await metadataOf(KeyId)).toMatchObject({ KeyState: 'PendingDeletion' });
    await kms.send(new CancelKeyDeletionCommand({ KeyId }));
    expect(await metadataOf(KeyId)).toMatchObject({ KeyState: 'PendingImport' });
  });

  it('stays disabled when the bytes that it has are imported again', async () => {
    const KeyId = await createKey();
    const material = randomBytes(32);
    await importInto(kms, KeyId, material);
    await kms.send(new DisableKeyCommand({ KeyId }));
    await importInto(kms, KeyId, material);
    expect(await metadataOf(KeyId)).toMatchObject({ KeyState: 'Disabled' });
  });
});

describe('as time goes by', () => {
  itWith(
    endpoint,
    'import',
    'clock',
  )('a token is good for a day', async () => {
    const emulator = emulatorOf(endpoint);
    const KeyId = await createKey();
    const material = randomBytes(32);
    const wrapped = await wrapFor(kms, KeyId, material);
    const send = () => kms.send(new ImportKeyMaterialCommand({ KeyId, ...wrapped, ...stays }));
    await emulator.advanceClock(0.99);
    await expect(send()).resolves.toBeDefined();
    await emulator.advanceClock(0.02);
    await expect(send()).rejects.toMatchObject({ name: 'ExpiredImportTokenException' });
  });

  itWith(
    endpoint,
    'import',
    'clock',
  )('imported bytes go when their date is due', async () => {
    const emulator = emulatorOf(endpoint);
    const moved = await emulator.advanceClock(0);
    const { now } = (await moved.json()) as { now: string };
    const KeyId = await createKey();
    const material = randomBytes(32);
    const wrapped = await wrapFor(kms, KeyId, material);
    const ValidTo = new Date(Math.floor(Date.parse(now) / 1000) * 1000 + 2 * dayMs);
    await kms.send(new ImportKeyMaterialCommand({ KeyId, ...wrapped, ValidTo }));
    expect(await metadataOf(KeyId)).toMatchObject({
      KeyState: 'Enabled',
      ExpirationModel: 'KEY_MATERIAL_EXPIRES',
      ValidTo,
    });
    const sealed = await seal(KeyId);
    await emulator.advanceClock(1.9);
    expect(await open(sealed)).toBe('sealed');
    expect(emulator.filesHolding(material)).toEqual(['keys.jsonl']);

    await emulator.advanceClock(0.2);
    expect(emulator.filesHolding(material)).toEqual([]);
    await expect(open(sealed)).rejects.toMatchObject({ name: 'KMSInvalidStateException' });
    const left = await metadataOf(KeyId);
    expect(left?.KeyState).toBe('PendingImport');
    expect(left?.ValidTo).toBeUndefined();
    await importInto(kms, KeyId, material);
    expect(await open(sealed)).toBe('sealed');
  });
});

describe('what the emulator keeps of imported bytes', () => {
  itWith(
    endpoint,
    'import',
    'clock',
  )('T12 is nothing once they are deleted, but a digest that outlives a restart', async () => {
    const emulator = emulatorOf(endpoint);
    const [KeyId, other] = [await createKey(), await createKey()];
    const [material, otherMaterial] = [randomBytes(32), randomBytes(32)];
    await importInto(kms, KeyId, material);
    await importInto(kms, other, otherMaterial);
    expect(emulator.filesHolding(material)).toEqual(['keys.jsonl']);

    await deleteMaterial(KeyId);
    expect(emulator.filesHolding(material)).toEqual([]);
    expect(emulator.filesHolding(otherMaterial)).toEqual(['keys.jsonl']);

    await emulator.restart();
    kms = endpoint.administrator();
    expect(await metadataOf(KeyId)).toMatchObject({ KeyState: 'PendingImport' });
    await expect(importInto(kms, KeyId, otherMaterial)).rejects.toMatchObject({
      name: 'IncorrectKeyMaterialException',
    });
    await importInto(kms, KeyId, material);
    expect(await open(await seal(other))).toBe('sealed');
  });

  itWith(
    endpoint,
    'import',
    'clock',
  )('has no wrapping key, so none outlives it', async () => {
    const emulator = emulatorOf(endpoint);
    const KeyId = await createKey();
    const before = readFileSync(emulator.storeFile);
    const wrapped = await wrapFor(kms, KeyId, randomBytes(32));
    expect(readFileSync(emulator.storeFile)).toEqual(before);
    expect(readdirSync(emulator.folder).sort()).toEqual(['keys.jsonl', 'principals.json']);
    await emulator.restart();
    kms = endpoint.administrator();
    await expect(
      kms.send(new ImportKeyMaterialCommand({ KeyId, ...wrapped, ...stays })),
    ).rejects.toMatchObject({ name: 'InvalidImportTokenException' });
  });
});
