import { GetPublicKeyCommand } from '@aws-sdk/client-kms';
import type { KMSClient } from '@aws-sdk/client-kms';
import { createPublicKey } from 'node:crypto';
import { DomainError } from '@entrepot/kernel';
import { EvidenceKeys } from '../application/erasure-journal.ts';
import type { AwsKeyServiceOptions } from './aws-key-service.ts';
import { evidenceClient } from './evidence-client.ts';

/** The public halves, as KMS knows them. */
export class AwsEvidenceKeys extends EvidenceKeys {
  readonly #client: KMSClient;

  constructor(kms: AwsKeyServiceOptions) {
    super();
    this.#client = evidenceClient(kms);
  }

  override async publicKeyOf(keyArn: string): Promise<string> {
    const { PublicKey } = await this.#client.send(new GetPublicKeyCommand({ KeyId: keyArn }));
    if (PublicKey === undefined) throw new DomainError('UNAVAILABLE', 'KMS left a member out');
    const key = createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' });
    return key.export({ format: 'pem', type: 'spki' }).toString();
  }

  close(): void {
    this.#client.destroy();
  }
}
