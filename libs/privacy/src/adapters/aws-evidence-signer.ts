import { SignCommand } from '@aws-sdk/client-kms';
import type { KMSClient } from '@aws-sdk/client-kms';
import { DomainError } from '@entrepot/kernel';
import { EvidenceSigner } from '../application/evidence-signer.ts';
import type { EvidenceSignature } from '../application/evidence-signer.ts';
import { rawSignatureOf } from '../domain/ecdsa-signature.ts';
import type { AwsKeyServiceOptions } from './aws-key-service.ts';
import { evidenceClient } from './evidence-client.ts';

/** Answers the ARN of the key that signs; throws UNAVAILABLE while there is none. */
export type SigningKeyChoice = () => Promise<string>;

/** Signs with an ECC key of AWS KMS, which never leaves it, and with the credentials of the process that signs. */
export class AwsEvidenceSigner extends EvidenceSigner {
  readonly #client: KMSClient;
  readonly #keyArn: SigningKeyChoice;

  constructor(kms: AwsKeyServiceOptions, keyArn: SigningKeyChoice) {
    super();
    this.#client = evidenceClient(kms);
    this.#keyArn = keyArn;
  }

  override async sign(message: Buffer): Promise<EvidenceSignature> {
    const keyArn = await this.#keyArn();
    const { Signature } = await this.#client.send(
      new SignCommand({
        KeyId: keyArn,
        Message: message,
        MessageType: 'RAW',
        SigningAlgorithm: 'ECDSA_SHA_256',
      }),
    );
    if (Signature === undefined) throw new DomainError('UNAVAILABLE', 'KMS left a member out');
    return { keyArn, signature: rawSignatureOf(Signature) };
  }

  close(): void {
    this.#client.destroy();
  }
}
