import {
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateMacCommand,
  GetPublicKeyCommand,
  ListGrantsCommand,
  ListKeysCommand,
  ListRetirableGrantsCommand,
  paginateListGrants,
  ReEncryptCommand,
  RetireGrantCommand,
  RevokeGrantCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import type {
  CreateGrantCommandInput,
  CreateKeyCommandInput,
  GrantOperation,
  KMSClient,
} from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { emulatorOf, itWith, openEndpoint } from './kms-endpoint.ts';

const endpoint = openEndpoint();
const granting = endpoint.capabilities.has('grants') ? describe : describe.skip;
const denied = { name: 'AccessDeniedException' };
const Plaintext = Buffer.from('x');
let administrator: KMSClient;
let stranger: KMSClient;

function connect(): void {
  administrator = endpoint.administrator();
  stranger = endpoint.stranger();
}
beforeAll(async () => {
  await endpoint.start();
  connect();
});
afterAll(() => endpoint.remove());

async function createKey(input: CreateKeyCommandInput = {}): Promise<string> {
  const { KeyMetadata } = await administrator.send(new CreateKeyCommand(input));
  return KeyMetadata?.KeyId ?? '';
}

/** To the stranger, unless told otherwise. */
const grant = (
  KeyId: string,
  Operations: GrantOperation[],
  changes: Partial<CreateGrantCommandInput> = {},
) =>
  administrator.send(
    new CreateGrantCommand({
      KeyId,
      Operations,
      GranteePrincipal: endpoint.strangerArn,
      ...changes,
    }),
  );
const encrypt = (KeyId: string, EncryptionContext?: Record<string, string>) =>
  stranger.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext }));
const grantIdsOf = async (KeyId: string) =>
  ((await administrator.send(new ListGrantsCommand({ KeyId }))).Grants ?? []).map(
    (entry) => entry.GrantId,
  );

granting('a grant', () => {
  it('lets its grantee do what it names, with its key', async () => {
    const [KeyId, other] = [await createKey(), await createKey()];
    await expect(encrypt(KeyId)).rejects.toMatchObject(denied);
    await grant(KeyId, ['Encrypt']);
    const { CiphertextBlob } = await encrypt(KeyId);
    expect(CiphertextBlob?.length).toBeGreaterThan(0);
    await expect(stranger.send(new DecryptCommand({ CiphertextBlob }))).rejects.toMatchObject(
      denied,
    );
    await expect(encrypt(other)).rejects.toMatchObject(denied);
    await grant(KeyId, ['Decrypt']);
    const opened = await stranger.send(new DecryptCommand({ CiphertextBlob }));
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Plaintext);
  });

  it('to another principal is none', async () => {
    const KeyId = await createKey();
    const GranteePrincipal = `${endpoint.strangerArn}-but-another`;
    await Promise.allSettled([grant(KeyId, ['Encrypt'], { GranteePrincipal })]);
    await expect(encrypt(KeyId)).rejects.toMatchObject(denied);
  });

  it('opens nothing that is not about its key', async () => {
    const KeyId = await createKey();
    await grant(KeyId, ['DescribeKey']);
    await expect(stranger.send(new DescribeKeyCommand({ KeyId }))).resolves.toBeDefined();
    await expect(stranger.send(new ListKeysCommand({}))).rejects.toMatchObject(denied);
    await expect(stranger.send(new ScheduleKeyDeletionCommand({ KeyId }))).rejects.toMatchObject(
      denied,
    );
  });

  it('is not needed to be refused: nobody learns by it whether a key exists', async () => {
    for (const KeyId of [randomUUID(), await createKey()]) {
      await expect(stranger.send(new DescribeKeyCommand({ KeyId }))).rejects.toMatchObject(denied);
    }
  });

  it.each<[string, CreateKeyCommandInput, GrantOperation[], Partial<CreateGrantCommandInput>]>([
    ['signing with an encryption key', {}, ['Sign'], {}],
    [
      'encryption with a signing key',
      { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
      ['Sign', 'Encrypt'],
      {},
    ],
    ['what no grant can give', {}, ['ScheduleKeyDeletion' as string as GrantOperation], {}],
    [
      'a context to a key without one',
      { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
      ['GenerateMac'],
      { Constraints: { EncryptionContextSubset: { a: '1' } } },
    ],
  ])('cannot be for %s', async (_, keyInput, operations, changes) => {
    const KeyId = await createKey(keyInput);
    await expect(grant(KeyId, operations, changes)).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('serves authentication codes and signatures as well', async () => {
    const mac = await createKey({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
    const signing = await createKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    await grant(mac, ['GenerateMac']);
    await grant(signing, ['GetPublicKey']);
    const input = { KeyId: mac, Message: Plaintext, MacAlgorithm: 'HMAC_SHA_256' } as const;
    await expect(stranger.send(new GenerateMacCommand(input))).resolves.toBeDefined();
    await expect(stranger.send(new GetPublicKeyCommand({ KeyId: signing }))).resolves.toBeDefined();
  });
});

granting('constraints', () => {
  it('ask for the same context, or for one that holds a part', async () => {
    const [equal, subset] = [await createKey(), await createKey()];
    const context = { subject: 's1', region: 'eu' };
    await grant(equal, ['Encrypt'], { Constraints: { EncryptionContextEquals: context } });
    await grant(subset, ['Encrypt'], { Constraints: { EncryptionContextSubset: context } });
    const more = { ...context, more: '1' };
    const other = { ...context, subject: 's2' };

    await expect(encrypt(equal, context)).resolves.toBeDefined();
    await expect(encrypt(equal, more)).rejects.toMatchObject(denied);
    await expect(encrypt(subset, context)).resolves.toBeDefined();
    await expect(encrypt(subset, more)).resolves.toBeDefined();
    for (const KeyId of [equal, subset]) {
      await expect(encrypt(KeyId, other)).rejects.toMatchObject(denied);
      await expect(encrypt(KeyId, { subject: 's1' })).rejects.toMatchObject(denied);
      await expect(encrypt(KeyId)).rejects.toMatchObject(denied);
    }
  });

  it('bind data keys and decryption too', async () => {
    const KeyId = await createKey();
    const EncryptionContext = { subject: 's1' };
    await grant(KeyId, ['GenerateDataKey', 'Decrypt'], {
      Constraints: { EncryptionContextSubset: EncryptionContext },
    });
    const made = await stranger.send(
      new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext }),
    );
    const { CiphertextBlob } = made;
    await expect(stranger.send(new DecryptCommand({ CiphertextBlob }))).rejects.toMatchObject(
      denied,
    );
    await expect(
      stranger.send(new DecryptCommand({ CiphertextBlob, EncryptionContext })),
    ).resolves.toHaveProperty('Plaintext', made.Plaintext);
  });

  it('are met on both sides of a re-encryption', async () => {
    const [from, to] = [await createKey(), await createKey()];
    const { CiphertextBlob } = await administrator.send(
      new EncryptCommand({ KeyId: from, Plaintext }),
    );
    const move = () =>
      stranger.send(
        new ReEncryptCommand({
          CiphertextBlob,
          DestinationKeyId: to,
          DestinationEncryptionContext: { case: '1' },
        }),
      );
    await grant(from, ['ReEncryptFrom']);
    await expect(move()).rejects.toMatchObject(denied);
    await grant(to, ['ReEncryptTo'], { Constraints: { EncryptionContextEquals: { case: '2' } } });
    await expect(move()).rejects.toMatchObject(denied);
    await grant(to, ['ReEncryptTo'], { Constraints: { EncryptionContextEquals: { case: '1' } } });
    await expect(move()).resolves.toBeDefined();
  });
});

granting('a name', () => {
  it('makes a repeated request the same grant, and only that', async () => {
    const KeyId = await createKey();
    const named = {
      Name: 'worker-1',
      Constraints: { EncryptionContextSubset: { a: '1', b: '2' } },
    };
    const reordered = { b: '2', a: '1' };
    const first = await grant(KeyId, ['Encrypt', 'Decrypt'], named);
    const again = await grant(KeyId, ['Decrypt', 'Encrypt'], {
      ...named,
      Constraints: { EncryptionContextSubset: reordered },
    });
    expect(again.GrantId).toBe(first.GrantId);
    expect(again.GrantToken).not.toBe(first.GrantToken);
    const wider = await grant(KeyId, ['Encrypt'], named);
    const unconstrained = await grant(KeyId, ['Encrypt', 'Decrypt'], { Name: 'worker-1' });
    const ids = [first, wider, unconstrained].map((made) => made.GrantId);
    expect(new Set(ids).size).toBe(3);
    expect((await grantIdsOf(KeyId)).toSorted()).toEqual(ids.toSorted());
  });

  it('is what is missing when two equal requests make two grants', async () => {
    const KeyId = await createKey();
    const made = [await grant(KeyId, ['Encrypt']), await grant(KeyId, ['Encrypt'])];
    expect(made[0]?.GrantId).not.toBe(made[1]?.GrantId);
    expect(await grantIdsOf(KeyId)).toHaveLength(2);
  });
});

granting('lists', () => {
  it('tell what was granted, page by page', async () => {
    const KeyId = await createKey();
    const made: (string | undefined)[] = [];
    for (let number = 0; number < 5; number++) {
      made.push((await grant(KeyId, ['Encrypt'], { Name: `grant-${number}` })).GrantId);
    }
    const listed: (string | undefined)[] = [];
    for await (const page of paginateListGrants(
      { client: administrator, pageSize: 2 },
      { KeyId },
    )) {
      expect(page.Grants?.length).toBeLessThanOrEqual(2);
      listed.push(...(page.Grants ?? []).map((entry) => entry.GrantId));
    }
    expect(listed.toSorted()).toEqual(made.toSorted());
    const one = await administrator.send(new ListGrantsCommand({ KeyId, GrantId: made[3] }));
    expect(one.Grants).toMatchObject([
      {
        GrantId: made[3],
        Name: 'grant-3',
        GranteePrincipal: endpoint.strangerArn,
        Operations: ['Encrypt'],
      },
    ]);
    const filter = { KeyId, GranteePrincipal: `${endpoint.strangerArn}-but-another` };
    expect((await administrator.send(new ListGrantsCommand(filter))).Grants).toEqual([]);
  });

  it('tell a retiring principal what it can retire', async () => {
    const KeyId = await createKey();
    const RetiringPrincipal = endpoint.strangerArn;
    const { GrantId } = await grant(KeyId, ['Encrypt'], { RetiringPrincipal });
    const { GrantId: otherId } = await grant(KeyId, ['Encrypt']);
    const { Grants = [] } = await administrator.send(
      new ListRetirableGrantsCommand({ RetiringPrincipal }),
    );
    const ids = Grants.map((entry) => entry.GrantId);
    expect(ids).toContain(GrantId);
    expect(ids).not.toContain(otherId);
  });
});

granting('an end', () => {
  it('comes by its retiring principal, by id or by token', async () => {
    const KeyId = await createKey();
    const RetiringPrincipal = endpoint.strangerArn;
    const { GrantId } = await grant(KeyId, ['Encrypt'], { RetiringPrincipal });
    const { GrantToken } = await grant(KeyId, ['Encrypt'], { RetiringPrincipal });
    await stranger.send(new RetireGrantCommand({ KeyId, GrantId }));
    await expect(encrypt(KeyId)).resolves.toBeDefined();
    await stranger.send(new RetireGrantCommand({ GrantToken }));
    await expect(encrypt(KeyId)).rejects.toMatchObject(denied);
    expect(await grantIdsOf(KeyId)).toEqual([]);
  });

  it('comes by its grantee only if it says so', async () => {
    const KeyId = await createKey();
    const { GrantId } = await grant(KeyId, ['Encrypt']);
    const retirable = await grant(KeyId, ['Encrypt', 'RetireGrant']);
    await expect(stranger.send(new RetireGrantCommand({ KeyId, GrantId }))).rejects.toMatchObject(
      denied,
    );
    await stranger.send(new RetireGrantCommand({ KeyId, GrantId: retirable.GrantId }));
    expect(await grantIdsOf(KeyId)).toEqual([GrantId]);
  });

  it('comes by whoever may revoke it', async () => {
    const KeyId = await createKey();
    const { GrantId } = await grant(KeyId, ['Encrypt']);
    await expect(stranger.send(new RevokeGrantCommand({ KeyId, GrantId }))).rejects.toMatchObject(
      denied,
    );
    await administrator.send(new RevokeGrantCommand({ KeyId, GrantId }));
    await expect(encrypt(KeyId)).rejects.toMatchObject(denied);
    await expect(
      administrator.send(new RevokeGrantCommand({ KeyId, GrantId })),
    ).rejects.toMatchObject({ name: 'NotFoundException' });
  });

  it('does not come by a token that names nothing', async () => {
    await expect(
      administrator.send(new RetireGrantCommand({ GrantToken: 'bm90aGluZw' })),
    ).rejects.toMatchObject({ name: 'InvalidGrantTokenException' });
  });
});

granting('what was granted with CreateGrant', () => {
  const passOn = (KeyId: string, input: Partial<CreateGrantCommandInput>) =>
    stranger.send(
      new CreateGrantCommand({
        KeyId,
        GranteePrincipal: endpoint.strangerArn,
        Operations: ['Encrypt'],
        ...input,
      }),
    );

  it('can be passed on, but nothing more', async () => {
    const KeyId = await createKey();
    const part = { subject: 's1' };
    await grant(KeyId, ['CreateGrant', 'Encrypt'], {
      Constraints: { EncryptionContextSubset: part },
    });
    const equal = { EncryptionContextEquals: { ...part, more: '1' } };
    await expect(passOn(KeyId, { Constraints: equal })).resolves.toBeDefined();
    const same = { EncryptionContextSubset: part };
    await expect(passOn(KeyId, { Constraints: same })).resolves.toBeDefined();

    await expect(passOn(KeyId, {})).rejects.toMatchObject(denied);
    const other = { EncryptionContextSubset: { subject: 's2' } };
    await expect(passOn(KeyId, { Constraints: other })).rejects.toMatchObject(denied);
    await expect(
      passOn(KeyId, { Constraints: same, Operations: ['Encrypt', 'Decrypt'] }),
    ).rejects.toMatchObject(denied);
    expect(await grantIdsOf(KeyId)).toHaveLength(3);
  });
});

describe('in the emulator', () => {
  itWith(
    endpoint,
    'grants',
    'clock',
  )('grants outlive a restart, and not their key', async () => {
    const emulator = emulatorOf(endpoint);
    const KeyId = await createKey();
    const RetiringPrincipal = endpoint.strangerArn;
    const { GrantId = '' } = await grant(KeyId, ['Encrypt', 'DescribeKey'], { RetiringPrincipal });
    await emulator.restart();
    connect();
    await expect(encrypt(KeyId)).resolves.toBeDefined();

    await administrator.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    await expect(encrypt(KeyId)).rejects.toMatchObject({ name: 'KMSInvalidStateException' });
    expect(readFileSync(emulator.storeFile, 'utf8')).toContain(GrantId);
    await emulator.advanceClock(7.1);
    expect(readFileSync(emulator.storeFile, 'utf8')).not.toContain(GrantId);
    await expect(encrypt(KeyId)).rejects.toMatchObject(denied);
    const retirable = await administrator.send(
      new ListRetirableGrantsCommand({ RetiringPrincipal }),
    );
    expect(retirable.Grants?.map((entry) => entry.GrantId)).not.toContain(GrantId);
  });

  itWith(
    endpoint,
    'grants',
    'clock',
  )('a grant that was taken away stays away', async () => {
    const emulator = emulatorOf(endpoint);
    const KeyId = await createKey();
    const { GrantId } = await grant(KeyId, ['Encrypt']);
    await administrator.send(new RevokeGrantCommand({ KeyId, GrantId }));
    await emulator.restart();
    connect();
    await expect(encrypt(KeyId)).rejects.toMatchObject(denied);
  });
});
