import { GetParametersForImportCommand, ImportKeyMaterialCommand } from '@aws-sdk/client-kms';
import type { AlgorithmSpec, KMSClient, WrappingKeySpec } from '@aws-sdk/client-kms';
import { constants, createPublicKey, publicEncrypt } from 'node:crypto';

/** Key material under a wrapping key, with the token that goes with it. */
export interface WrappedMaterial {
  readonly ImportToken: Uint8Array;
  readonly EncryptedKeyMaterial: Uint8Array;
}

/** Wraps material for a key, as its owner does. */
export async function wrapFor(
  kms: KMSClient,
  KeyId: string,
  material: Buffer,
  WrappingKeySpec: WrappingKeySpec = 'RSA_2048',
  WrappingAlgorithm: AlgorithmSpec = 'RSAES_OAEP_SHA_256',
): Promise<WrappedMaterial> {
  const parameters = await kms.send(
    new GetParametersForImportCommand({ KeyId, WrappingKeySpec, WrappingAlgorithm }),
  );
  const der = Buffer.from(parameters.PublicKey ?? []);
  const EncryptedKeyMaterial = publicEncrypt(
    {
      key: createPublicKey({ key: der, format: 'der', type: 'spki' }),
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: WrappingAlgorithm === 'RSAES_OAEP_SHA_1' ? 'sha1' : 'sha256',
    },
    material,
  );
  return { ImportToken: parameters.ImportToken ?? new Uint8Array(), EncryptedKeyMaterial };
}

/** Imports material that stays until it is deleted. */
export async function importInto(kms: KMSClient, KeyId: string, material: Buffer): Promise<void> {
  const wrapped = await wrapFor(kms, KeyId, material);
  const ExpirationModel = 'KEY_MATERIAL_DOES_NOT_EXPIRE';
  await kms.send(new ImportKeyMaterialCommand({ KeyId, ...wrapped, ExpirationModel }));
}
