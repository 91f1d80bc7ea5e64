import { z } from 'zod';
import { KmsError } from '../errors.ts';
import { wrappingHashes, wrappingKeyBits } from '../import/wrapping-keys.ts';
import type { WrappingAlgorithm, WrappingKeySpec } from '../import/wrapping-keys.ts';
import { materialIdOf } from '../keys/key-record.ts';
import type { KeyRecord } from '../keys/key-record.ts';
import { keySpecs } from '../keys/key-spec.ts';
import type { Answer } from './operation.ts';
import { blob, findByIdOnly, keyReference, onKey } from './operation.ts';

const validDaysMax = 365;
const msPerDay = 86_400_000;
const blobBytesMax = 6144;

export const getParametersForImport = onKey({
  name: 'GetParametersForImport',
  origin: 'EXTERNAL',
  input: z.object({
    KeyId: keyReference,
    WrappingAlgorithm: z.enum(Object.keys(wrappingHashes) as WrappingAlgorithm[]),
    WrappingKeySpec: z.enum(Object.keys(wrappingKeyBits) as WrappingKeySpec[]),
  }),
  find: findByIdOnly,
  act: async ({ wrappingKeys, key, input }) => {
    const { WrappingKeySpec: spec, WrappingAlgorithm: algorithm } = input;
    const issued = await wrappingKeys.issue(key.id, spec, algorithm);
    return {
      KeyId: key.arn,
      ImportToken: issued.token.toString('base64'),
      PublicKey: issued.publicKey.toString('base64'),
      ParametersValidTo: issued.validTo / 1000,
    };
  },
});

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ImportKeyMaterial.html */
const importInput = z
  .object({
    KeyId: keyReference,
    ImportToken: blob(1, blobBytesMax),
    EncryptedKeyMaterial: blob(1, blobBytesMax),
    ExpirationModel: z
      .enum(['KEY_MATERIAL_EXPIRES', 'KEY_MATERIAL_DOES_NOT_EXPIRE'])
      .default('KEY_MATERIAL_EXPIRES'),
    ImportType: z.literal('EXISTING_KEY_MATERIAL').optional(),
    /** Epoch seconds. */
    ValidTo: z.number().optional(),
  })
  .refine(
    (input) => (input.ExpirationModel === 'KEY_MATERIAL_EXPIRES') === (input.ValidTo !== undefined),
    {
      message: 'A validTo date must be set exactly if the ExpirationModel is KEY_MATERIAL_EXPIRES.',
    },
  );

export const importKeyMaterial = onKey({
  name: 'ImportKeyMaterial',
  origin: 'EXTERNAL',
  input: importInput,
  find: findByIdOnly,
  act: async ({ ring, wrappingKeys, key, input }) => {
    const validTo = input.ValidTo === undefined ? undefined : input.ValidTo * 1000;
    assertFuture(validTo, ring.clock.now());
    const { ImportToken: token, EncryptedKeyMaterial: wrapped } = input;
    const material = wrappingKeys.unwrap(key.id, token, wrapped);
    assertExpected(key, material);
    await ring.importMaterial(key.id, material, validTo);
    return answerOf(ring.find(key.id));
  },
});

export const deleteImportedKeyMaterial = onKey({
  name: 'DeleteImportedKeyMaterial',
  origin: 'EXTERNAL',
  input: z.object({ KeyId: keyReference }),
  find: findByIdOnly,
  act: async ({ ring, key }) => {
    await ring.deleteMaterial(key.id);
    return answerOf(key);
  },
});

function assertFuture(validTo: number | undefined, now: number): void {
  if (validTo === undefined) return;
  if (validTo > now && validTo <= now + validDaysMax * msPerDay) return;
  throw new KmsError(
    'ValidationException',
    `The validTo date must be in the future, by ${validDaysMax} days at most.`,
  );
}

/** A key never becomes another one: it takes the bytes it had, of the length its spec has. */
function assertExpected(key: KeyRecord, material: Buffer): void {
  const isSame = key.materialId === undefined || key.materialId === materialIdOf(key.id, material);
  if (isSame && material.length === keySpecs[key.spec].importedBytes) return;
  material.fill(0);
  throw new KmsError(
    'IncorrectKeyMaterialException',
    'The key material is not what this key expects.',
  );
}

/** AWS gives an id to the material of symmetric encryption keys only. */
function answerOf(key: KeyRecord): Answer {
  const isNamed = key.spec === 'SYMMETRIC_DEFAULT' && key.materialId !== undefined;
  return { KeyId: key.arn, ...(isNamed ? { KeyMaterialId: key.materialId } : {}) };
}
