import { DecryptCommand, EncryptCommand } from '@aws-sdk/client-kms';
import type { KMSClient } from '@aws-sdk/client-kms';
import { StackError } from '@entrepot/stack';

export interface WrappedIdentity {
  readonly keyArn: string;
  /** Base64. */
  readonly wrapped: string;
}

/** Keeps the identity that opens a backup from whoever has the backup: only the cell's KMS gives it back. */
export class WrappingKey {
  readonly #client: KMSClient;
  readonly #keyArn: string;

  constructor(client: KMSClient, keyArn: string) {
    this.#client = client;
    this.#keyArn = keyArn;
  }

  async wrap(identity: string, context: Record<string, string>): Promise<WrappedIdentity> {
    const { CiphertextBlob } = await this.#client.send(
      new EncryptCommand({
        KeyId: this.#keyArn,
        Plaintext: Buffer.from(identity),
        EncryptionContext: context,
      }),
    );
    if (CiphertextBlob === undefined) throw new StackError('KMS did not wrap the identity.');
    return { keyArn: this.#keyArn, wrapped: Buffer.from(CiphertextBlob).toString('base64') };
  }
}

/** Needs a login that may decrypt, which the one that makes backups is not. */
export async function unwrapIdentity(
  client: KMSClient,
  { keyArn, wrapped }: WrappedIdentity,
  context: Record<string, string>,
): Promise<string> {
  const { Plaintext } = await client.send(
    new DecryptCommand({
      KeyId: keyArn,
      CiphertextBlob: Buffer.from(wrapped, 'base64'),
      EncryptionContext: context,
    }),
  );
  if (Plaintext === undefined) throw new StackError('KMS did not unwrap the identity.');
  return Buffer.from(Plaintext).toString('utf8');
}
