import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GenerateMacCommand,
  GenerateRandomCommand,
  GetPublicKeyCommand,
  ListAliasesCommand,
  ListResourceTagsCommand,
  paginateListKeys,
  ReEncryptCommand,
  SignCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  VerifyCommand,
  VerifyMacCommand,
} from '@aws-sdk/client-kms';
import type { CreateKeyCommandInput, KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPublicKey, verify } from 'node:crypto';
import { awsRegion, EmulatorFixture } from './emulator-fixture.ts';

const fixture = new EmulatorFixture();
let kms: KMSClient;

beforeAll(async () => {
  await fixture.start();
  kms = fixture.client('administrator');
});
afterAll(() => fixture.remove());

async function createKey(input: CreateKeyCommandInput = {}): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand(input));
  if (KeyMetadata?.KeyId === undefined) throw new Error('no key id was returned');
  return KeyMetadata.KeyId;
}
const utf8 = (text: string) => Buffer.from(text, 'utf8');

describe('keys', () => {
  it('describes a key in the metadata of the real service', async () => {
    const KeyId = await createKey({ Description: 'a key', Tags: [{ TagKey: 'a', TagValue: 'b' }] });
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
    expect(KeyMetadata).toMatchObject({
      AWSAccountId: '000000000000',
      Arn: `arn:aws:kms:${awsRegion}:000000000000:key/${KeyId}`,
      Description: 'a key',
      Enabled: true,
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyState: 'Enabled',
      KeyUsage: 'ENCRYPT_DECRYPT',
      MultiRegion: false,
      Origin: 'AWS_KMS',
    });
    expect(KeyMetadata?.CreationDate).toBeInstanceOf(Date);
  });

  it('lists every key once over several pages', async () => {
    const created = await Promise.all(Array.from({ length: 7 }, () => createKey()));
    const listed: (string | undefined)[] = [];
    for await (const page of paginateListKeys({ client: kms, pageSize: 3 }, {})) {
      expect(page.Keys?.length).toBeLessThanOrEqual(3);
      listed.push(...(page.Keys ?? []).map((key) => key.KeyId));
    }
    expect(new Set(listed).size).toBe(listed.length);
    expect(listed).toEqual(expect.arrayContaining(created));
  });

  it.each<[string, CreateKeyCommandInput, string]>([
    ['a Multi-Region key', { MultiRegion: true }, 'UnsupportedOperationException'],
    ['a key policy of its own', { Policy: '{}' }, 'UnsupportedOperationException'],
    ['a key of another store', { Origin: 'AWS_CLOUDHSM' }, 'UnsupportedOperationException'],
    [
      'an imported signing key',
      { Origin: 'EXTERNAL', KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
      'UnsupportedOperationException',
    ],
    ['an unknown spec', { KeySpec: 'RSA_2048' }, 'UnsupportedOperationException'],
    [
      'a usage the spec does not have',
      { KeySpec: 'HMAC_256', KeyUsage: 'SIGN_VERIFY' },
      'ValidationException',
    ],
  ])('refuses %s', async (_, input, name) => {
    await expect(createKey(input)).rejects.toMatchObject({ name });
  });

  it.each<[string, CreateKeyCommandInput]>([
    ['of AWS itself', { Tags: [{ TagKey: 'aws:a', TagValue: '1' }] }],
    ['given twice', { Tags: ['1', '2'].map((TagValue) => ({ TagKey: 'a', TagValue })) }],
  ])('refuses a tag %s, also on a new key', async (_, input) => {
    await expect(createKey(input)).rejects.toMatchObject({ name: 'TagException' });
    const KeyId = await createKey();
    const { Tags } = input;
    await expect(kms.send(new TagResourceCommand({ KeyId, Tags }))).rejects.toMatchObject({
      name: 'TagException',
    });
  });

  it('keeps tags', async () => {
    const KeyId = await createKey({ Tags: [{ TagKey: 'a', TagValue: '1' }] });
    const Tags = [{ TagKey: 'b', TagValue: '2' }];
    await kms.send(new TagResourceCommand({ KeyId, Tags }));
    await kms.send(new UntagResourceCommand({ KeyId, TagKeys: ['a'] }));
    const listed = await kms.send(new ListResourceTagsCommand({ KeyId }));
    expect(listed.Tags).toEqual(Tags);
  });

  it('resolves aliases, and moves and removes them', async () => {
    const [first, second] = [await createKey(), await createKey()];
    const AliasName = 'alias/test/one';
    await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: first }));
    await expect(
      kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: second })),
    ).rejects.toMatchObject({ name: 'AlreadyExistsException' });
    await kms.send(new UpdateAliasCommand({ AliasName, TargetKeyId: second }));
    const described = await kms.send(new DescribeKeyCommand({ KeyId: AliasName }));
    expect(described.KeyMetadata?.KeyId).toBe(second);
    const listed = await kms.send(new ListAliasesCommand({ KeyId: second }));
    expect(listed.Aliases).toMatchObject([{ AliasName, TargetKeyId: second }]);
    await kms.send(new DeleteAliasCommand({ AliasName }));
    await expect(kms.send(new DescribeKeyCommand({ KeyId: AliasName }))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
  });
});

describe('encryption', () => {
  it('round-trips under a context whose order does not matter', async () => {
    const KeyId = await createKey();
    const sealed = await kms.send(
      new EncryptCommand({
        KeyId,
        Plaintext: utf8('péche ☂'),
        EncryptionContext: { a: '1', b: '2' },
      }),
    );
    const opened = await kms.send(
      new DecryptCommand({
        CiphertextBlob: sealed.CiphertextBlob,
        EncryptionContext: { b: '2', a: '1' },
      }),
    );
    expect(Buffer.from(opened.Plaintext ?? []).toString('utf8')).toBe('péche ☂');
    expect(opened.KeyId).toContain(KeyId);
  });

  it('seals the same plaintext to different bytes that do not hold it', async () => {
    const KeyId = await createKey();
    const Plaintext = utf8('canary-of-encryption');
    const seals = [1, 2].map(() => kms.send(new EncryptCommand({ KeyId, Plaintext })));
    const [first, second] = (await Promise.all(seals)).map((sealed) =>
      Buffer.from(sealed.CiphertextBlob ?? []),
    );
    expect(first?.equals(second ?? Buffer.alloc(0))).toBe(false);
    expect(first?.includes(Plaintext)).toBe(false);
  });

  it('does not do what it was asked only to try', async () => {
    const KeyId = await createKey();
    const unsupported = { name: 'UnsupportedOperationException' };
    const input = { KeyId, Plaintext: utf8('x') };
    await expect(kms.send(new EncryptCommand({ ...input, DryRun: true }))).rejects.toMatchObject(
      unsupported,
    );
    await expect(kms.send(new EncryptCommand({ ...input, DryRun: false }))).resolves.toBeDefined();
  });

  it('refuses another context, a changed bit and another key', async () => {
    const [KeyId, other] = [await createKey(), await createKey()];
    const { CiphertextBlob } = await kms.send(
      new EncryptCommand({ KeyId, Plaintext: utf8('x'), EncryptionContext: { subject: 's1' } }),
    );
    const open = (input: object) =>
      kms.send(
        new DecryptCommand({ CiphertextBlob, EncryptionContext: { subject: 's1' }, ...input }),
      );
    const changed = Buffer.from(CiphertextBlob ?? []);
    changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1);
    const invalid = { name: 'InvalidCiphertextException' };
    await expect(open({ EncryptionContext: { subject: 's2' } })).rejects.toMatchObject(invalid);
    await expect(open({ EncryptionContext: {} })).rejects.toMatchObject(invalid);
    await expect(open({ CiphertextBlob: changed })).rejects.toMatchObject(invalid);
    await expect(open({ CiphertextBlob: utf8('no blob') })).rejects.toMatchObject(invalid);
    await expect(open({ KeyId: other })).rejects.toMatchObject({ name: 'IncorrectKeyException' });
  });

  it('makes data keys with and without their plaintext', async () => {
    const KeyId = await createKey();
    const EncryptionContext = { subject: 's1' };
    const made = await kms.send(
      new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext }),
    );
    expect(made.Plaintext?.length).toBe(32);
    const opened = await kms.send(
      new DecryptCommand({ CiphertextBlob: made.CiphertextBlob, EncryptionContext }),
    );
    expect(opened.Plaintext).toEqual(made.Plaintext);
    const sealedOnly = await kms.send(
      new GenerateDataKeyWithoutPlaintextCommand({ KeyId, NumberOfBytes: 64 }),
    );
    expect(sealedOnly).not.toHaveProperty('Plaintext');
    const reopened = await kms.send(
      new DecryptCommand({ CiphertextBlob: sealedOnly.CiphertextBlob }),
    );
    expect(reopened.Plaintext?.length).toBe(64);
    await expect(kms.send(new GenerateDataKeyCommand({ KeyId }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('re-encrypts under another key and context without showing the plaintext', async () => {
    const [from, to] = [await createKey(), await createKey()];
    const sealed = await kms.send(new EncryptCommand({ KeyId: from, Plaintext: utf8('moved') }));
    const moved = await kms.send(
      new ReEncryptCommand({
        CiphertextBlob: sealed.CiphertextBlob,
        DestinationKeyId: to,
        DestinationEncryptionContext: { case: '1' },
      }),
    );
    const opened = await kms.send(
      new DecryptCommand({
        KeyId: to,
        CiphertextBlob: moved.CiphertextBlob,
        EncryptionContext: { case: '1' },
      }),
    );
    expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('moved');
  });

  it('returns as much randomness as asked', async () => {
    const { Plaintext } = await kms.send(new GenerateRandomCommand({ NumberOfBytes: 48 }));
    expect(Plaintext?.length).toBe(48);
  });
});

describe('authentication codes and signatures', () => {
  it('makes and verifies a MAC', async () => {
    const KeyId = await createKey({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
    const input = { KeyId, Message: utf8('m'), MacAlgorithm: 'HMAC_SHA_256' } as const;
    const { Mac } = await kms.send(new GenerateMacCommand(input));
    expect((await kms.send(new GenerateMacCommand(input))).Mac).toEqual(Mac);
    expect((await kms.send(new VerifyMacCommand({ ...input, Mac }))).MacValid).toBe(true);
    await expect(
      kms.send(new VerifyMacCommand({ ...input, Message: utf8('n'), Mac })),
    ).rejects.toMatchObject({ name: 'KMSInvalidMacException' });
  });

  it('signs so that the published key verifies offline', async () => {
    const KeyId = await createKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    const input = { KeyId, Message: utf8('m'), SigningAlgorithm: 'ECDSA_SHA_256' } as const;
    const { Signature } = await kms.send(new SignCommand(input));
    const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId }));
    const key = createPublicKey({
      key: Buffer.from(PublicKey ?? []),
      format: 'der',
      type: 'spki',
    });
    expect(verify('sha256', utf8('m'), key, Signature ?? Buffer.alloc(0))).toBe(true);
    const verified = await kms.send(new VerifyCommand({ ...input, Signature }));
    expect(verified.SignatureValid).toBe(true);
    await expect(
      kms.send(new VerifyCommand({ ...input, Message: utf8('n'), Signature })),
    ).rejects.toMatchObject({ name: 'KMSInvalidSignatureException' });
  });

  it('refuses a key made for something else', async () => {
    const KeyId = await createKey({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
    await expect(
      kms.send(new EncryptCommand({ KeyId, Plaintext: utf8('x') })),
    ).rejects.toMatchObject({ name: 'InvalidKeyUsageException' });
  });
});
