import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GenerateMacCommand,
  GetPublicKeyCommand,
  ListResourceTagsCommand,
  ReEncryptCommand,
  ScheduleKeyDeletionCommand,
  SignCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  VerifyCommand,
  VerifyMacCommand,
} from '@aws-sdk/client-kms';
import type { KeySpec, KeyUsageType, KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keyStates, stateTable } from '../src/keys/key-states.ts';
import type { KeyOperation, KeyState } from '../src/keys/key-states.ts';
import { EmulatorFixture } from './emulator-fixture.ts';

const fixture = new EmulatorFixture();
const message = Buffer.from('message');
let kms: KMSClient;

beforeAll(async () => {
  await fixture.start();
  kms = fixture.client('administrator');
});
afterAll(() => fixture.remove());

/** What a key was used for before it changed state. */
interface Prepared {
  readonly KeyId: string;
  readonly CiphertextBlob: Uint8Array | undefined;
  readonly Mac: Uint8Array | undefined;
  readonly Signature: Uint8Array | undefined;
}

const mac = { Message: message, MacAlgorithm: 'HMAC_SHA_256' } as const;
const signature = { Message: message, SigningAlgorithm: 'ECDSA_SHA_256' } as const;
let aliasNumber = 0;

/** One real call per operation that the state table knows. */
const calls: Record<KeyOperation, (key: Prepared) => Promise<unknown>> = {
  CancelKeyDeletion: ({ KeyId }) => kms.send(new CancelKeyDeletionCommand({ KeyId })),
  CreateAlias: ({ KeyId }) =>
    kms.send(new CreateAliasCommand({ AliasName: `alias/t${++aliasNumber}`, TargetKeyId: KeyId })),
  Decrypt: ({ CiphertextBlob }) => kms.send(new DecryptCommand({ CiphertextBlob })),
  DescribeKey: ({ KeyId }) => kms.send(new DescribeKeyCommand({ KeyId })),
  DisableKey: ({ KeyId }) => kms.send(new DisableKeyCommand({ KeyId })),
  EnableKey: ({ KeyId }) => kms.send(new EnableKeyCommand({ KeyId })),
  Encrypt: ({ KeyId }) => kms.send(new EncryptCommand({ KeyId, Plaintext: message })),
  GenerateDataKey: ({ KeyId }) =>
    kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' })),
  GenerateDataKeyWithoutPlaintext: ({ KeyId }) =>
    kms.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId, KeySpec: 'AES_256' })),
  GenerateMac: ({ KeyId }) => kms.send(new GenerateMacCommand({ KeyId, ...mac })),
  GetPublicKey: ({ KeyId }) => kms.send(new GetPublicKeyCommand({ KeyId })),
  ListResourceTags: ({ KeyId }) => kms.send(new ListResourceTagsCommand({ KeyId })),
  ReEncrypt: ({ CiphertextBlob, KeyId }) =>
    kms.send(new ReEncryptCommand({ CiphertextBlob, DestinationKeyId: KeyId })),
  ScheduleKeyDeletion: ({ KeyId }) =>
    kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 })),
  Sign: ({ KeyId }) => kms.send(new SignCommand({ KeyId, ...signature })),
  TagResource: ({ KeyId }) =>
    kms.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: 'k', TagValue: 'v' }] })),
  UntagResource: ({ KeyId }) => kms.send(new UntagResourceCommand({ KeyId, TagKeys: ['k'] })),
  UpdateAlias: async ({ KeyId }) => {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    const AliasName = `alias/t${++aliasNumber}`;
    await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyMetadata?.KeyId }));
    await kms.send(new UpdateAliasCommand({ AliasName, TargetKeyId: KeyId }));
  },
  Verify: ({ KeyId, Signature }) => kms.send(new VerifyCommand({ KeyId, Signature, ...signature })),
  VerifyMac: ({ KeyId, Mac }) => kms.send(new VerifyMacCommand({ KeyId, Mac, ...mac })),
};

const specOf: Partial<Record<KeyOperation, [KeySpec, KeyUsageType]>> = {
  GenerateMac: ['HMAC_256', 'GENERATE_VERIFY_MAC'],
  VerifyMac: ['HMAC_256', 'GENERATE_VERIFY_MAC'],
  GetPublicKey: ['ECC_NIST_P256', 'SIGN_VERIFY'],
  Sign: ['ECC_NIST_P256', 'SIGN_VERIFY'],
  Verify: ['ECC_NIST_P256', 'SIGN_VERIFY'],
};

async function prepare(operation: KeyOperation, state: KeyState): Promise<Prepared> {
  const [spec, usage] = specOf[operation] ?? (['SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT'] as const);
  const made = await kms.send(new CreateKeyCommand({ KeySpec: spec, KeyUsage: usage }));
  const KeyId = made.KeyMetadata?.KeyId ?? '';
  const isSymmetric = spec === 'SYMMETRIC_DEFAULT';
  const sealed = isSymmetric
    ? await kms.send(new EncryptCommand({ KeyId, Plaintext: message }))
    : undefined;
  const authenticated =
    spec === 'HMAC_256' ? await kms.send(new GenerateMacCommand({ KeyId, ...mac })) : undefined;
  const signed =
    spec === 'ECC_NIST_P256' ? await kms.send(new SignCommand({ KeyId, ...signature })) : undefined;
  if (state === 'Disabled') await kms.send(new DisableKeyCommand({ KeyId }));
  if (state === 'PendingDeletion') await kms.send(new ScheduleKeyDeletionCommand({ KeyId }));
  return {
    KeyId,
    CiphertextBlob: sealed?.CiphertextBlob,
    Mac: authenticated?.Mac,
    Signature: signed?.Signature,
  };
}

const cases = (Object.keys(stateTable) as KeyOperation[]).flatMap((operation) =>
  keyStates.map((state) => ({ operation, state, verdict: stateTable[operation][state] })),
);

describe('every operation in every key state', () => {
  it.each(cases)('$operation while $state: $verdict', async ({ operation, state, verdict }) => {
    const key = await prepare(operation, state);
    const outcome = calls[operation](key);
    if (verdict === 'ok') await expect(outcome).resolves.not.toThrow();
    else await expect(outcome).rejects.toMatchObject({ name: verdict });
  });

  it('the table says of the operations that matter to an erasure what AWS documents', () => {
    expect(stateTable.Decrypt).toEqual({
      Enabled: 'ok',
      Disabled: 'DisabledException',
      PendingDeletion: 'KMSInvalidStateException',
    });
    expect(stateTable.CancelKeyDeletion.PendingDeletion).toBe('ok');
    expect(stateTable.EnableKey.PendingDeletion).toBe('KMSInvalidStateException');
  });
});
