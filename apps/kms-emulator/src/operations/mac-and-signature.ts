import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  sign as signBytes,
  timingSafeEqual,
  verify as verifyBytes,
} from 'node:crypto';
import { z } from 'zod';
import { KmsError } from '../errors.ts';
import { materialOf } from '../keys/key-record.ts';
import type { KeyRecord } from '../keys/key-record.ts';
import { keySpecs } from '../keys/key-spec.ts';
import { blob, byGrantOf, findByReference, keyReference, onKey } from './operation.ts';

const messageBytesMax = 4096;
const macInput = z.object({
  KeyId: keyReference,
  Message: blob(1, messageBytesMax),
  MacAlgorithm: z.literal('HMAC_SHA_256'),
});

export const generateMac = onKey({
  name: 'GenerateMac',
  usage: 'GENERATE_VERIFY_MAC',
  input: macInput,
  find: findByReference,
  byGrant: byGrantOf('GenerateMac'),
  act: ({ key, input }) => ({
    KeyId: key.arn,
    Mac: macOf(key, input.Message).toString('base64'),
    MacAlgorithm: input.MacAlgorithm,
  }),
});

export const verifyMac = onKey({
  name: 'VerifyMac',
  usage: 'GENERATE_VERIFY_MAC',
  input: macInput.extend({ Mac: blob(1, 6144) }),
  find: findByReference,
  byGrant: byGrantOf('VerifyMac'),
  act: ({ key, input }) => {
    const expected = macOf(key, input.Message);
    const isValid = input.Mac.length === expected.length && timingSafeEqual(input.Mac, expected);
    if (!isValid) throw new KmsError('KMSInvalidMacException', 'The MAC is not valid');
    return { KeyId: key.arn, MacValid: true, MacAlgorithm: input.MacAlgorithm };
  },
});

// Node's ECDSA hashes what it is given, so a caller's own digest cannot be signed: RAW only.
const signInput = z.object({
  KeyId: keyReference,
  Message: blob(1, messageBytesMax),
  MessageType: z.literal('RAW').default('RAW'),
  SigningAlgorithm: z.literal('ECDSA_SHA_256'),
});

export const sign = onKey({
  name: 'Sign',
  usage: 'SIGN_VERIFY',
  input: signInput,
  find: findByReference,
  byGrant: byGrantOf('Sign'),
  act: ({ key, input }) => ({
    KeyId: key.arn,
    Signature: signBytes('sha256', input.Message, privateKeyOf(key)).toString('base64'),
    SigningAlgorithm: input.SigningAlgorithm,
  }),
});

export const verify = onKey({
  name: 'Verify',
  usage: 'SIGN_VERIFY',
  input: signInput.extend({ Signature: blob(1, 6144) }),
  find: findByReference,
  byGrant: byGrantOf('Verify'),
  act: ({ key, input }) => {
    const publicKey = createPublicKey(privateKeyOf(key));
    if (!verifyBytes('sha256', input.Message, publicKey, input.Signature)) {
      throw new KmsError('KMSInvalidSignatureException', 'The signature is not valid');
    }
    return { KeyId: key.arn, SignatureValid: true, SigningAlgorithm: input.SigningAlgorithm };
  },
});

export const getPublicKey = onKey({
  name: 'GetPublicKey',
  usage: 'SIGN_VERIFY',
  input: z.object({ KeyId: keyReference }),
  find: findByReference,
  byGrant: byGrantOf('GetPublicKey'),
  act: ({ key }) => ({
    KeyId: key.arn,
    PublicKey: createPublicKey(privateKeyOf(key))
      .export({ format: 'der', type: 'spki' })
      .toString('base64'),
    KeySpec: key.spec,
    CustomerMasterKeySpec: key.spec,
    KeyUsage: keySpecs[key.spec].usage,
    ...keySpecs[key.spec].algorithms,
  }),
});

const macOf = (key: KeyRecord, message: Buffer): Buffer =>
  createHmac('sha256', materialOf(key)).update(message).digest();

const privateKeyOf = (key: KeyRecord) =>
  createPrivateKey({ key: materialOf(key), format: 'der', type: 'pkcs8' });
