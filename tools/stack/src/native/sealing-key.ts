import { generateKeyPairSync } from 'node:crypto';
import type { JsonWebKey } from 'node:crypto';

import { EncryptCommand } from '@aws-sdk/client-kms';
import type { KMSClient } from '@aws-sdk/client-kms';

import { kidOf } from '../cell-identity.ts';
import type { SecretStore } from '../secret-store.ts';
import { StackError } from '../stack-error.ts';

/** Under the secrets folder: what opens the packets of people who move here, and to what they are sealed. */
export const sealingSecrets = (cell: string) => ({
  privateHalf: `${cell}/api/sealing-key.json`,
  publicHalf: `${cell}/api/sealing-key.public.jwk.json`,
});

/**
 * Makes the key pair once. Its private half is written only as the KMS key has encrypted it, bound to the cell and
 * what it is for; nobody without that KMS opens what is sealed to the public half.
 */
export async function ensureSealingKey(
  { cell, secrets }: { readonly cell: string; readonly secrets: SecretStore },
  { client, keyArn }: { readonly client: KMSClient; readonly keyArn: string },
): Promise<void> {
  const names = sealingSecrets(cell);
  if (secrets.has(names.publicHalf)) return;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = kidOf(publicKey);
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  const { CiphertextBlob } = await client.send(
    new EncryptCommand({
      KeyId: keyArn,
      Plaintext: der,
      EncryptionContext: { cell, purpose: 'relocation' },
    }),
  );
  der.fill(0);
  if (CiphertextBlob === undefined) throw new StackError('KMS did not wrap the sealing key.');
  const wrapped = Buffer.from(CiphertextBlob).toString('base64');
  secrets.write(names.privateHalf, JSON.stringify({ kid, keyArn, wrapped }));
  // last, because its presence says that the other half is there too
  secrets.write(names.publicHalf, JSON.stringify({ ...publicKey.export({ format: 'jwk' }), kid }));
}

export const sealingKeyOf = (cell: string, secrets: SecretStore): JsonWebKey =>
  JSON.parse(secrets.read(sealingSecrets(cell).publicHalf)) as JsonWebKey;
