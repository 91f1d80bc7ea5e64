import {
  CancelKeyDeletionCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DeleteImportedKeyMaterialCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  GenerateRandomCommand,
  GetParametersForImportCommand,
  ImportKeyMaterialCommand,
  ListGrantsCommand,
  ListRetirableGrantsCommand,
  RetireGrantCommand,
  RevokeGrantCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import type { KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPrincipals } from '../src/principals.ts';
import type { PolicyName } from '../src/principals.ts';
import { EmulatorFixture } from './emulator-fixture.ts';

const fixture = new EmulatorFixture();
let KeyId: string;

beforeAll(async () => {
  await fixture.start();
  const made = await fixture.client('administrator').send(new CreateKeyCommand({}));
  KeyId = made.KeyMetadata?.KeyId ?? '';
});
afterAll(() => fixture.remove());

const random = new GenerateRandomCommand({ NumberOfBytes: 1 });

describe('policies', () => {
  const irreversible = {
    ScheduleKeyDeletion: (kms: KMSClient) =>
      kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 })),
    CancelKeyDeletion: (kms: KMSClient) => kms.send(new CancelKeyDeletionCommand({ KeyId })),
    DisableKey: (kms: KMSClient) => kms.send(new DisableKeyCommand({ KeyId })),
    EnableKey: (kms: KMSClient) => kms.send(new EnableKeyCommand({ KeyId })),
  };
  const cases = (['api', 'worker', 'border', 'auditor'] as const).flatMap((policy) =>
    (Object.keys(irreversible) as (keyof typeof irreversible)[]).map((operation) => ({
      policy,
      operation,
    })),
  );

  it.each(cases)('refuses $operation to $policy', async ({ policy, operation }) => {
    const client = fixture.client(policy);
    await expect(irreversible[operation](client)).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  const grantee = 'arn:aws:iam::000000000000:user/worker';
  const administrative: Readonly<Record<string, (kms: KMSClient) => Promise<unknown>>> = {
    CreateGrant: (kms: KMSClient) =>
      kms.send(
        new CreateGrantCommand({ KeyId, GranteePrincipal: grantee, Operations: ['Decrypt'] }),
      ),
    DeleteImportedKeyMaterial: (kms: KMSClient) =>
      kms.send(new DeleteImportedKeyMaterialCommand({ KeyId })),
    GetParametersForImport: (kms: KMSClient) =>
      kms.send(
        new GetParametersForImportCommand({
          KeyId,
          WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
          WrappingKeySpec: 'RSA_2048',
        }),
      ),
    ImportKeyMaterial: (kms: KMSClient) =>
      kms.send(
        new ImportKeyMaterialCommand({
          KeyId,
          ImportToken: Buffer.from('t'),
          EncryptedKeyMaterial: Buffer.from('m'),
          ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
        }),
      ),
    ListGrants: (kms: KMSClient) => kms.send(new ListGrantsCommand({ KeyId })),
    ListRetirableGrants: (kms: KMSClient) =>
      kms.send(new ListRetirableGrantsCommand({ RetiringPrincipal: grantee })),
    RetireGrant: (kms: KMSClient) =>
      kms.send(new RetireGrantCommand({ KeyId, GrantId: 'a'.repeat(64) })),
    RevokeGrant: (kms: KMSClient) =>
      kms.send(new RevokeGrantCommand({ KeyId, GrantId: 'a'.repeat(64) })),
  };

  it.each(Object.entries(administrative))('leaves %s to the administrator', async (_, call) => {
    const outcomeFor = (policy: PolicyName) =>
      call(fixture.client(policy)).then(
        () => 'answered',
        (error: unknown) => (error as Error).name,
      );
    for (const policy of ['api', 'worker', 'border', 'eraser', 'auditor'] as const) {
      expect(await outcomeFor(policy)).toBe('AccessDeniedException');
    }
    expect(await outcomeFor('administrator')).not.toBe('AccessDeniedException');
  });

  it('lets nobody but an administrator undo an erasure, the eraser included', async () => {
    const eraser = fixture.client('eraser');
    for (const operation of ['CancelKeyDeletion', 'EnableKey'] as const) {
      await expect(irreversible[operation](eraser)).rejects.toMatchObject({
        name: 'AccessDeniedException',
      });
    }
    const made = await fixture.client('api').send(new CreateKeyCommand({}));
    const scheduled = await eraser.send(
      new ScheduleKeyDeletionCommand({
        KeyId: made.KeyMetadata?.KeyId,
        PendingWindowInDays: 7,
      }),
    );
    expect(scheduled.KeyState).toBe('PendingDeletion');
  });
});

describe('signatures', () => {
  it('refuses a wrong secret', async () => {
    const client = fixture.client('api', { secretAccessKey: 'x'.repeat(40) });
    await expect(client.send(random)).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  });

  it('refuses a signature made for another region', async () => {
    const client = fixture.client('api', { region: 'ap-south-1' });
    await expect(client.send(random)).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  });

  it('refuses a signature of six minutes ago or ahead', async () => {
    for (const minutes of [-6, 6]) {
      const client = fixture.client('api');
      client.config.systemClockOffset = minutes * 60_000;
      await expect(client.send(random)).rejects.toMatchObject({
        name: 'InvalidSignatureException',
      });
    }
  });

  it('refuses a body, an operation or a path that was changed after signing', async () => {
    const tampered = {
      body: (request: MutableRequest) => (request.body = '{"NumberOfBytes":2}'),
      operation: (request: MutableRequest) =>
        (request.headers['x-amz-target'] = 'TrentService.ListKeys'),
      path: (request: MutableRequest) => (request.query = { a: 'b' }),
    };
    for (const change of Object.values(tampered)) {
      const client = fixture.client('api');
      client.middlewareStack.add(
        (next) => (call) => {
          change(call.request as MutableRequest);
          return next(call);
        },
        { step: 'finalizeRequest', priority: 'low' },
      );
      await expect(client.send(random)).rejects.toMatchObject({
        name: 'InvalidSignatureException',
      });
    }
  });

  it('refuses a request without a signature or an unknown access key', async () => {
    const unsigned = await fetch(fixture.endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'TrentService.ListKeys',
      },
      body: '{}',
    });
    expect(unsigned.status).toBe(400);
    expect(await unsigned.json()).toMatchObject({
      __type: 'MissingAuthenticationTokenException',
    });
  });
});

describe('what the emulator says of itself', () => {
  it('tells anyone that it is an emulator', async () => {
    const told = await fetch(`${fixture.endpoint}/emulator`);
    expect(await told.json()).toMatchObject({
      emulator: 'entrepot-kms-emulator',
      accountId: '000000000000',
    });
  });

  it('moves its clock only for the holder of the secret', async () => {
    expect((await fixture.advanceClock(1, 'wrong')).status).toBe(401);
    expect((await fixture.advanceClock(-1)).status).toBe(400);
    expect((await fixture.advanceClock(1)).status).toBe(200);
    const client = fixture.client('auditor');
    await expect(client.send(new DescribeKeyCommand({ KeyId }))).resolves.toBeDefined();
  });

  it('does not read a principals file that others can read', () => {
    const path = join(fixture.folder, 'open.json');
    writeFileSync(path, '{"principals":[]}');
    chmodSync(path, 0o644);
    expect(() => readPrincipals(path)).toThrow('0600');
  });
});

interface MutableRequest {
  body: string;
  query: Record<string, string>;
  readonly headers: Record<string, string>;
}
