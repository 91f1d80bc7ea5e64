import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DeleteImportedKeyMaterialCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateRandomCommand,
  GetParametersForImportCommand,
  ListKeysCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import type { KMSClient } from '@aws-sdk/client-kms';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { EmulatorFixture } from './emulator-fixture.ts';
import { importInto } from './wrapped-material.ts';

const throttled = {
  name: 'ThrottlingException',
  message: expect.stringContaining('exceeded the rate at which you may call KMS') as unknown,
  $metadata: expect.objectContaining({ httpStatusCode: 400 }) as unknown,
};

/** How each call ended: `ok`, or the name of its error. */
async function outcomesOf(calls: readonly Promise<unknown>[]): Promise<string[]> {
  const settled = await Promise.allSettled(calls);
  return settled.map((call) => (call.status === 'fulfilled' ? 'ok' : (call.reason as Error).name));
}
const times = <Result>(count: number, call: () => Promise<Result>) =>
  Array.from({ length: count }, () => call());

describe('request rates', () => {
  const limited = new EmulatorFixture({ rates: 'aws' });
  const unlimited = new EmulatorFixture();
  beforeAll(() => Promise.all([limited.start(), unlimited.start()]));
  afterAll(() => Promise.all([limited.remove(), unlimited.remove()]));

  const createKeys = (kms: KMSClient, count: number) =>
    outcomesOf(times(count, () => kms.send(new CreateKeyCommand({}))));

  /** A burst of a second's worth, and the rate for as long as the calls took. */
  function expectRate(outcomes: readonly string[], perSecond: number, startedAt: number): void {
    const elapsedSeconds = (performance.now() - startedAt) / 1000;
    const passed = outcomes.filter((outcome) => outcome === 'ok').length;
    expect(passed).toBeGreaterThanOrEqual(perSecond);
    expect(passed).toBeLessThanOrEqual(perSecond + perSecond * elapsedSeconds);
    expect(new Set(outcomes)).toEqual(new Set(['ok', 'ThrottlingException']));
  }

  it('are those of AWS when asked for: five keys at once, and five a second', async () => {
    const kms = limited.client('administrator');
    const startedAt = performance.now();
    expectRate(await createKeys(kms, 40), 5, startedAt);
    await wait(1100);
    expect((await createKeys(kms, 5)).every((outcome) => outcome === 'ok')).toBe(true);
  });

  it('are none unless asked for', async () => {
    const outcomes = await createKeys(unlimited.client('administrator'), 40);
    expect(outcomes.every((outcome) => outcome === 'ok')).toBe(true);
  });

  it('are counted for each group by itself, over all callers', async () => {
    await wait(1100);
    const [one, other] = [limited.client('administrator'), limited.client('api')];
    const startedAt = performance.now();
    const both = await Promise.all([createKeys(one, 20), createKeys(other, 20)]);
    expectRate(both.flat(), 5, startedAt);
    const random = () => one.send(new GenerateRandomCommand({ NumberOfBytes: 1 }));
    expect(new Set(await outcomesOf(times(40, random)))).toEqual(new Set(['ok']));
  });

  it('let parameters for an import be asked for once a second', async () => {
    const kms = limited.client('administrator');
    await wait(1100);
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Origin: 'EXTERNAL' }));
    const ask = () =>
      kms.send(
        new GetParametersForImportCommand({
          KeyId: KeyMetadata?.KeyId,
          WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
          WrappingKeySpec: 'RSA_2048',
        }),
      );
    expect((await outcomesOf([ask(), ask()])).sort()).toEqual(['ThrottlingException', 'ok']);
  });
});

describe('faults', () => {
  const fixture = new EmulatorFixture();
  let kms: KMSClient;
  beforeAll(async () => {
    await fixture.start();
    kms = fixture.client('administrator');
  });
  afterEach(() => fixture.clearFaults());
  afterAll(() => fixture.remove());

  const createKey = async () => {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    return KeyMetadata?.KeyId ?? '';
  };
  const random = () => kms.send(new GenerateRandomCommand({ NumberOfBytes: 1 }));
  const encrypt = (KeyId: string) =>
    kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }));
  const stateOf = async (KeyId: string) =>
    (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState;

  it('are for the holder of the secret', async () => {
    const plan = { unavailable: { seconds: 60 } };
    expect((await fixture.setFaults(plan, 'wrong')).status).toBe(401);
    await expect(random()).resolves.toBeDefined();
    expect((await fixture.setFaults(plan)).status).toBe(200);
    expect((await fixture.clearFaults('wrong')).status).toBe(401);
    await expect(random()).rejects.toBeDefined();
    expect((await fixture.clearFaults()).status).toBe(200);
    await expect(random()).resolves.toBeDefined();
  });

  it.each([
    ['nothing', {}],
    ['an unknown fault', { meteor: { seconds: 1 } }],
    ['an unknown member', { unavailable: { seconds: 1, severity: 'high' } }],
    ['an unknown operation', { latency: { milliseconds: 1, operations: ['RotateKey'] } }],
    ['a share above one', { throttle: { operations: ['Decrypt'], share: 1.1, seed: 1 } }],
    ['no time', { staleState: { seconds: 0 } }],
  ])('are not set by a plan of %s', async (_, plan) => {
    expect((await fixture.setFaults(plan)).status).toBe(400);
  });

  it('throttle a share of the calls, the same ones for the same seed', async () => {
    const round = async (seed: number) => {
      await fixture.setFaults({ throttle: { operations: ['GenerateRandom'], share: 0.3, seed } });
      const outcomes: string[] = [];
      for (let call = 0; call < 100; call++) outcomes.push(...(await outcomesOf([random()])));
      return outcomes;
    };
    const first = await round(1);
    expect(await round(1)).toEqual(first);
    expect(await round(2)).not.toEqual(first);
    const refused = first.filter((outcome) => outcome === 'ThrottlingException').length;
    expect(refused).toBeGreaterThan(15);
    expect(refused).toBeLessThan(45);
  });

  it('throttle only what the plan names, in the form of AWS', async () => {
    await fixture.setFaults({ throttle: { operations: ['GenerateRandom'], share: 1, seed: 1 } });
    await expect(random()).rejects.toMatchObject(throttled);
    await expect(kms.send(new ListKeysCommand({}))).resolves.toBeDefined();
  });

  it('hide a changed state from its users until its time has come', async () => {
    const KeyId = await createKey();
    await fixture.setFaults({ staleState: { seconds: 2 } });
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    const { CiphertextBlob } = await encrypt(KeyId);
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
    expect(KeyMetadata).toMatchObject({ KeyState: 'Enabled', Enabled: true });
    expect(KeyMetadata?.DeletionDate).toBeUndefined();
    await wait(2100);
    expect(await stateOf(KeyId)).toBe('PendingDeletion');
    await expect(kms.send(new DecryptCommand({ CiphertextBlob }))).rejects.toMatchObject({
      name: 'KMSInvalidStateException',
    });
  });

  it('hide no state from the operations that change it, nor anything once they are over', async () => {
    const KeyId = await createKey();
    await fixture.setFaults({ staleState: { seconds: 60 } });
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    await expect(
      kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 })),
    ).rejects.toMatchObject({ name: 'KMSInvalidStateException' });
    await kms.send(new CancelKeyDeletionCommand({ KeyId }));
    expect(await stateOf(KeyId)).toBe('Enabled');
    await fixture.clearFaults();
    expect(await stateOf(KeyId)).toBe('Disabled');
  });

  it('do not bring back bytes that were deleted', async () => {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Origin: 'EXTERNAL' }));
    const KeyId = KeyMetadata?.KeyId ?? '';
    const material = randomBytes(32);
    await importInto(kms, KeyId, material);
    await fixture.setFaults({ staleState: { seconds: 60 } });
    await kms.send(new DeleteImportedKeyMaterialCommand({ KeyId }));
    await expect(encrypt(KeyId)).rejects.toMatchObject({ name: 'KMSInvalidStateException' });
    expect(fixture.filesHolding(material)).toEqual([]);
  });

  it('delay what the plan names', async () => {
    const operations = ['GenerateRandom'];
    await fixture.setFaults({ latency: { milliseconds: 300, operations } });
    const timed = async (call: () => Promise<unknown>) => {
      const startedAt = performance.now();
      await call();
      return performance.now() - startedAt;
    };
    expect(await timed(random)).toBeGreaterThanOrEqual(299);
    expect(await timed(() => kms.send(new ListKeysCommand({})))).toBeLessThan(299);
  });

  it('make the service fail for a while, in both of its ways, and nothing happens to keys', async () => {
    const KeyId = await createKey();
    await fixture.setFaults({ unavailable: { seconds: 1 } });
    const schedule = new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 });
    const failures = await Promise.allSettled(times(4, () => kms.send(schedule)));
    const seen = failures.map((call) => (call as PromiseRejectedResult).reason as SdkError);
    expect(seen.map((error) => error.$metadata.httpStatusCode)).toEqual([500, 503, 500, 503]);
    expect(new Set(seen.map((error) => error.name))).toEqual(
      new Set(['KMSInternalException', 'DependencyTimeoutException']),
    );
    await wait(1100);
    expect(await stateOf(KeyId)).toBe('Enabled');
    await expect(
      kms.send(new CreateAliasCommand({ AliasName: 'alias/after', TargetKeyId: KeyId })),
    ).resolves.toBeDefined();
  });

  it('are retried by the SDK as those of AWS are', async () => {
    await fixture.setFaults({ unavailable: { seconds: 0.2 } });
    const patient = fixture.client('administrator', { maxAttempts: 8 });
    await expect(
      patient.send(new GenerateRandomCommand({ NumberOfBytes: 1 })),
    ).resolves.toHaveProperty('Plaintext');
  });
});

interface SdkError {
  readonly name: string;
  readonly $metadata: { readonly httpStatusCode?: number };
}
