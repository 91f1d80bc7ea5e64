import {
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateMacCommand,
  ImportKeyMaterialCommand,
  ReEncryptCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import type { CreateKeyCommandInput, KMSClient } from '@aws-sdk/client-kms';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import type { AuditRecord } from '../src/audit/audit-record.ts';
import { awsRegion, EmulatorFixture } from './emulator-fixture.ts';
import { wrapFor } from './wrapped-material.ts';

let fixture: EmulatorFixture;
let kms: KMSClient;

beforeEach(async () => {
  fixture = new EmulatorFixture({ isAudited: true });
  await fixture.start();
  kms = fixture.client('administrator');
});
afterEach(() => fixture.remove());

async function createKey(input: CreateKeyCommandInput = {}): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand(input));
  return KeyMetadata?.KeyId ?? '';
}
const arnOf = (keyId: string) => `arn:aws:kms:${awsRegion}:000000000000:key/${keyId}`;
const linesOf = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditRecord);
const namesOf = (records: readonly AuditRecord[]) => records.map((record) => record.eventName);

describe('the audit of a call', () => {
  it('says in the shape of CloudTrail who did what with which key under what context', async () => {
    const KeyId = await createKey();
    const EncryptionContext = { subject: 's1' };
    const Plaintext = Buffer.from('x');
    const sealed = await kms.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext }));
    const record = linesOf(fixture.auditFile).at(-1);
    expect(record).toEqual({
      eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as unknown,
      eventSource: 'kms.amazonaws.com',
      eventName: 'Encrypt',
      eventType: 'AwsApiCall',
      awsRegion,
      userIdentity: {
        type: 'IAMUser',
        arn: 'arn:aws:iam::000000000000:user/administrator',
        userName: 'administrator',
      },
      requestParameters: { keyId: KeyId, encryptionContext: EncryptionContext },
      requestID: sealed.$metadata.requestId,
      eventID: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
      resources: [{ accountId: '000000000000', type: 'AWS::KMS::Key', ARN: arnOf(KeyId) }],
    });
  });

  it('names the key that a ciphertext was sealed with, and both keys of a re-encryption', async () => {
    const [from, to] = [await createKey(), await createKey()];
    const sealed = await kms.send(new EncryptCommand({ KeyId: from, Plaintext: Buffer.from('x') }));
    const { CiphertextBlob } = sealed;
    await kms.send(new DecryptCommand({ CiphertextBlob }));
    await kms.send(new ReEncryptCommand({ CiphertextBlob, DestinationKeyId: to }));
    const [decrypted, moved] = linesOf(fixture.auditFile).slice(-2);
    expect(decrypted?.resources.map(({ ARN }) => ARN)).toEqual([arnOf(from)]);
    expect(moved?.resources.map(({ ARN }) => ARN)).toEqual([arnOf(from), arnOf(to)]);
  });

  it('is written for refusals too: of the service, of a policy, of a fault', async () => {
    const KeyId = await createKey();
    const describeMissing = new DescribeKeyCommand({ KeyId: 'alias/none' });
    await expect(kms.send(describeMissing)).rejects.toBeDefined();
    await expect(
      fixture.client('api').send(new ScheduleKeyDeletionCommand({ KeyId })),
    ).rejects.toBeDefined();
    await fixture.setFaults({ throttle: { operations: ['DescribeKey'], share: 1, seed: 1 } });
    await expect(kms.send(new DescribeKeyCommand({ KeyId }))).rejects.toBeDefined();
    const [missing, refused, throttled] = linesOf(fixture.auditFile).slice(-3);
    expect(missing).toMatchObject({ errorCode: 'NotFoundException', resources: [] });
    expect(refused).toMatchObject({
      eventName: 'ScheduleKeyDeletion',
      errorCode: 'AccessDeniedException',
      userIdentity: { userName: 'api' },
      requestParameters: { keyId: KeyId },
    });
    expect(throttled).toMatchObject({ errorCode: 'ThrottlingException' });
  });

  it('comes once for each of many calls at the same time', async () => {
    const KeyId = await createKey();
    const calls = Array.from({ length: 50 }, () => kms.send(new DescribeKeyCommand({ KeyId })));
    const answered = (await Promise.all(calls)).map((answer) => answer.$metadata.requestId);
    const written = (await fixture.auditOf(KeyId))
      .filter((record) => record.eventName === 'DescribeKey')
      .map((record) => record.requestID);
    expect(written.toSorted()).toEqual(answered.toSorted());
  });

  it('holds no plaintext, ciphertext, code or material, whatever was sent', async () => {
    const KeyId = await createKey();
    const Plaintext = randomBytes(32);
    const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext }));
    await kms.send(new DecryptCommand({ CiphertextBlob }));
    const dataKey = await kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }));
    const mac = await createKey({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
    const Message = randomBytes(24);
    const { Mac } = await kms.send(
      new GenerateMacCommand({ KeyId: mac, Message, MacAlgorithm: 'HMAC_SHA_256' }),
    );
    const imported = await createKey({ Origin: 'EXTERNAL' });
    const material = randomBytes(32);
    const wrapped = await wrapFor(kms, imported, material);
    const ExpirationModel = 'KEY_MATERIAL_DOES_NOT_EXPIRE';
    await kms.send(new ImportKeyMaterialCommand({ KeyId: imported, ...wrapped, ExpirationModel }));

    const secrets = {
      Plaintext,
      CiphertextBlob,
      dataKey: dataKey.Plaintext,
      sealedDataKey: dataKey.CiphertextBlob,
      Message,
      Mac,
      material,
      ImportToken: wrapped.ImportToken,
      EncryptedKeyMaterial: wrapped.EncryptedKeyMaterial,
    };
    for (const [name, bytes] of Object.entries(secrets)) {
      const secret = Buffer.from(bytes ?? []);
      expect(secret.length).toBeGreaterThan(0);
      expect([name, fixture.filesHolding(secret)]).toEqual([
        name,
        name === 'material' ? ['keys.jsonl'] : [],
      ]);
    }
    const members = linesOf(fixture.auditFile).flatMap((record) =>
      Object.keys(record.requestParameters ?? {}),
    );
    expect(new Set(members)).toEqual(new Set(['keyId']));
  });
});

describe('the audit of the service itself', () => {
  it('says that a key was destroyed, at the time of the keys, once', async () => {
    const [doomed, other] = [await createKey(), await createKey()];
    const scheduled = await kms.send(
      new ScheduleKeyDeletionCommand({ KeyId: doomed, PendingWindowInDays: 7 }),
    );
    await fixture.advanceClock(6.9);
    expect(namesOf(await fixture.auditOf(doomed))).not.toContain('DeleteKey');
    await fixture.advanceClock(0.2);
    await fixture.advanceClock(1);
    await fixture.restart();

    const records = await fixture.auditOf(doomed);
    expect(namesOf(records)).toEqual(['CreateKey', 'ScheduleKeyDeletion', 'DeleteKey']);
    expect(records.at(-1)).toMatchObject({
      eventType: 'AwsServiceEvent',
      userIdentity: { accountId: '000000000000', invokedBy: 'AWS Internal' },
      requestParameters: null,
      resources: [{ ARN: arnOf(doomed) }],
    });
    const dueAt = scheduled.DeletionDate?.getTime() ?? Number.NaN;
    expect(Date.parse(records.at(-1)?.eventTime ?? '')).toBeGreaterThanOrEqual(dueAt - 1000);
    expect(namesOf(await fixture.auditOf(other))).toEqual(['CreateKey']);
  });

  it('says that imported bytes came to their date', async () => {
    const KeyId = await createKey({ Origin: 'EXTERNAL' });
    const wrapped = await wrapFor(kms, KeyId, randomBytes(32));
    const ValidTo = new Date(Date.now() + 86_400_000);
    await kms.send(new ImportKeyMaterialCommand({ KeyId, ...wrapped, ValidTo }));
    await fixture.advanceClock(1.1);
    expect((await fixture.auditOf(KeyId)).at(-1)).toMatchObject({
      eventName: 'DeleteExpiredKeyMaterial',
      eventType: 'AwsServiceEvent',
    });
  });
});

describe('the audit file', () => {
  it('grows over restarts and crashes, readable by its owner only', async () => {
    const KeyId = await createKey();
    await fixture.stop();
    const before = readFileSync(fixture.auditFile);
    await appendFile(fixture.auditFile, '{"eventTime":"to');
    await fixture.start();
    kms = fixture.client('administrator');
    await kms.send(new DescribeKeyCommand({ KeyId }));
    expect(readFileSync(fixture.auditFile).subarray(0, before.length)).toEqual(before);
    expect(namesOf(await fixture.auditOf(KeyId))).toEqual(['CreateKey', 'DescribeKey']);
    expect(statSync(fixture.auditFile).mode & 0o777).toBe(0o600);
  });

  it('is shown to the holder of the secret, for all keys or one, by id or ARN', async () => {
    const KeyId = await createKey();
    await createKey();
    expect((await fixture.readAudit('', 'wrong')).status).toBe(401);
    expect((await fixture.readAudit('?key=x')).status).toBe(400);
    const all = (await (await fixture.readAudit()).json()) as { records: AuditRecord[] };
    expect(namesOf(all.records)).toEqual(['CreateKey', 'CreateKey']);
    expect(await fixture.auditOf(KeyId)).toHaveLength(1);
    expect(await fixture.auditOf(arnOf(KeyId))).toEqual(await fixture.auditOf(KeyId));
  });

  it('is not there unless it was asked for', async () => {
    const silent = new EmulatorFixture();
    await silent.start();
    await silent.client('administrator').send(new CreateKeyCommand({}));
    expect(existsSync(silent.auditFile)).toBe(false);
    expect((await silent.readAudit()).status).toBe(404);
    await silent.remove();
  });
});
