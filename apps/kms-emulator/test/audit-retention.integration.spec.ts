import { CreateKeyCommand, DescribeKeyCommand, EncryptCommand } from '@aws-sdk/client-kms';
import type { KMSClient } from '@aws-sdk/client-kms';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { AuditFile } from '../src/audit/audit-file.ts';
import type { AuditRecord } from '../src/audit/audit-record.ts';
import { EmulatorFixture } from './emulator-fixture.ts';

const dayMs = 86_400_000;
let fixture: EmulatorFixture;
let kms: KMSClient;

beforeEach(async () => {
  fixture = new EmulatorFixture({ isAudited: true, auditDays: 30 });
  await fixture.start();
  kms = fixture.client('administrator');
});
afterEach(() => fixture.remove());

async function createKey(): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  return KeyMetadata?.KeyId ?? '';
}
const written = () => readFileSync(fixture.auditFile, 'utf8');

describe('the audit keeps a record for its days', () => {
  it('and drops it when the clock is moved beyond them, by the time of the keys', async () => {
    const old = await createKey();
    await fixture.advanceClock(20);
    const young = await createKey();
    await fixture.advanceClock(9);
    expect(written()).toContain(old);
    await fixture.advanceClock(2);
    expect(written()).not.toContain(old);
    expect(await fixture.auditOf(old)).toEqual([]);
    expect(await fixture.auditOf(young)).toHaveLength(1);
    expect(statSync(fixture.auditFile).mode & 0o777).toBe(0o600);
    expect(readdirSync(fixture.folder)).not.toContain('audit.jsonl.new');
  });

  it('and goes on in the new file', async () => {
    await createKey();
    await fixture.advanceClock(31);
    expect(written()).toBe('');
    const KeyId = await createKey();
    await fixture.restart();
    kms = fixture.client('administrator');
    await kms.send(new DescribeKeyCommand({ KeyId }));
    expect((await fixture.auditOf(KeyId)).map(({ eventName }) => eventName)).toEqual([
      'CreateKey',
      'DescribeKey',
    ]);
  });

  it('and drops it at the next opening when the days became fewer', async () => {
    const KeyId = await createKey();
    await fixture.advanceClock(20);
    expect(written()).toContain(KeyId);
    fixture.auditDays = 10;
    await fixture.restart();
    expect(written()).not.toContain(KeyId);
  });

  it('whatever characters a context is made of', async () => {
    const KeyId = await createKey();
    const EncryptionContext = { purpose: 'line\u2028separator\u2029\r\nand more' };
    await kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x'), EncryptionContext }));
    await fixture.advanceClock(20);
    await fixture.restart();
    const contexts = (await fixture.auditOf(KeyId)).map(
      (record) => record.requestParameters?.encryptionContext,
    );
    expect(contexts).toEqual([undefined, EncryptionContext]);
  });
});

describe('an audit file that stays open', () => {
  const recordOf = (eventID: string, at: number): AuditRecord => ({
    eventTime: new Date(at).toISOString(),
    eventSource: 'kms.amazonaws.com',
    eventName: 'DescribeKey',
    eventType: 'AwsApiCall',
    awsRegion: 'eu-central-1',
    userIdentity: {},
    requestParameters: null,
    eventID,
    resources: [],
  });

  it('drops what is too old once a day, with the next record', async () => {
    let now = 0;
    const file = await AuditFile.open(`${fixture.auditFile}.own`, { days: 2, now: () => now });
    const write = async (eventID: string, atMs: number): Promise<string[]> => {
      now = atMs;
      await file.append(recordOf(eventID, now));
      return (await file.read()).map((record) => record.eventID);
    };
    expect(await write('a', 0)).toEqual(['a']);
    expect(await write('b', 1.5 * dayMs)).toEqual(['a', 'b']);
    expect(await write('c', 2.1 * dayMs)).toEqual(['a', 'b', 'c']);
    expect(await write('d', 2.6 * dayMs)).toEqual(['b', 'c', 'd']);
    expect(await write('e', 9 * dayMs)).toEqual(['e']);
    await file.close();
  });
});
