import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { hasGrant } from '../authorization.ts';
import { keyIdOf, seal, unseal } from '../ciphertext-blob.ts';
import { KmsError } from '../errors.ts';
import type { KeyRecord } from '../keys/key-record.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { assertStateAllows } from '../keys/key-states.ts';
import {
  assertUsage,
  blob,
  byGrantUnderContext,
  encryptionContext,
  findByReference,
  keyReference,
  onKey,
} from './operation.ts';

const usage = 'ENCRYPT_DECRYPT';
const algorithm = z.literal('SYMMETRIC_DEFAULT').default('SYMMETRIC_DEFAULT');
const plaintextBytesMax = 4096;
const ciphertextBytesMax = 6144;
const dataKeyBytes = { AES_128: 16, AES_256: 32 } as const;

export const encrypt = onKey({
  name: 'Encrypt',
  usage,
  input: z.object({
    KeyId: keyReference,
    Plaintext: blob(1, plaintextBytesMax),
    EncryptionContext: encryptionContext,
    EncryptionAlgorithm: algorithm,
  }),
  find: findByReference,
  byGrant: byGrantUnderContext('Encrypt'),
  act: ({ key, input }) => ({
    KeyId: key.arn,
    CiphertextBlob: seal(key, input.Plaintext, input.EncryptionContext).toString('base64'),
    EncryptionAlgorithm: input.EncryptionAlgorithm,
  }),
});

export const decrypt = onKey({
  name: 'Decrypt',
  usage,
  input: z.object({
    CiphertextBlob: blob(1, ciphertextBytesMax),
    KeyId: keyReference.optional(),
    EncryptionContext: encryptionContext,
    EncryptionAlgorithm: algorithm,
  }),
  find: (ring, input) => sealingKey(ring, input.CiphertextBlob, input.KeyId),
  byGrant: byGrantUnderContext('Decrypt'),
  act: ({ key, input }) => ({
    KeyId: key.arn,
    Plaintext: unseal(key, input.CiphertextBlob, input.EncryptionContext).toString('base64'),
    EncryptionAlgorithm: input.EncryptionAlgorithm,
  }),
});

export const reEncrypt = onKey({
  name: 'ReEncrypt',
  usage,
  input: z.object({
    CiphertextBlob: blob(1, ciphertextBytesMax),
    SourceKeyId: keyReference.optional(),
    SourceEncryptionContext: encryptionContext,
    DestinationKeyId: keyReference,
    DestinationEncryptionContext: encryptionContext,
  }),
  find: (ring, input) => sealingKey(ring, input.CiphertextBlob, input.SourceKeyId),
  byGrant: (call) => {
    const destination = { ...call, key: call.ring.find(call.input.DestinationKeyId) };
    return (
      hasGrant(call, 'ReEncryptFrom', call.input.SourceEncryptionContext) &&
      hasGrant(destination, 'ReEncryptTo', call.input.DestinationEncryptionContext)
    );
  },
  act: ({ ring, resources, key, input }) => {
    const destination = ring.seen(ring.find(input.DestinationKeyId));
    resources.add(destination.arn);
    assertStateAllows('ReEncrypt', destination);
    assertUsage(destination, usage);
    const plaintext = unseal(key, input.CiphertextBlob, input.SourceEncryptionContext);
    const sealed = seal(destination, plaintext, input.DestinationEncryptionContext);
    return {
      SourceKeyId: key.arn,
      KeyId: destination.arn,
      CiphertextBlob: sealed.toString('base64'),
      SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    };
  },
});

const dataKeyInput = z
  .object({
    KeyId: keyReference,
    KeySpec: z.enum(['AES_128', 'AES_256']).optional(),
    NumberOfBytes: z.int().min(1).max(1024).optional(),
    EncryptionContext: encryptionContext,
  })
  .refine((input) => (input.KeySpec === undefined) !== (input.NumberOfBytes === undefined), {
    message: 'Please specify either number of bytes or key spec.',
  });

export const generateDataKey = onKey({
  name: 'GenerateDataKey',
  usage,
  input: dataKeyInput,
  find: findByReference,
  byGrant: byGrantUnderContext('GenerateDataKey'),
  act: ({ key, input }) => {
    const dataKey = freshDataKey(key, input);
    return {
      KeyId: key.arn,
      Plaintext: dataKey.plaintext.toString('base64'),
      CiphertextBlob: dataKey.sealed.toString('base64'),
    };
  },
});

export const generateDataKeyWithoutPlaintext = onKey({
  name: 'GenerateDataKeyWithoutPlaintext',
  usage,
  input: dataKeyInput,
  find: findByReference,
  byGrant: byGrantUnderContext('GenerateDataKeyWithoutPlaintext'),
  act: ({ key, input }) => ({
    KeyId: key.arn,
    CiphertextBlob: freshDataKey(key, input).sealed.toString('base64'),
  }),
});

function freshDataKey(key: KeyRecord, input: z.output<typeof dataKeyInput>) {
  const size = input.KeySpec === undefined ? input.NumberOfBytes : dataKeyBytes[input.KeySpec];
  const plaintext = randomBytes(size ?? dataKeyBytes.AES_256);
  return { plaintext, sealed: seal(key, plaintext, input.EncryptionContext) };
}

/** The key a blob was sealed with, which must be the one the caller expects, if it names one. */
function sealingKey(ring: KeyRing, sealed: Buffer, expected: string | undefined): KeyRecord {
  const id = keyIdOf(sealed);
  if (expected !== undefined && ring.find(expected).id !== id) {
    throw new KmsError(
      'IncorrectKeyException',
      'The key ID in the request does not identify a CMK that can perform this operation.',
    );
  }
  return ring.find(id);
}
