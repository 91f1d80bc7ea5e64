import { KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { DomainError } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { VaultDatabase } from '@entrepot/platform-database';
import { EvidenceSigner } from '../application/evidence-signer.ts';
import type { EvidenceSignature } from '../application/evidence-signer.ts';
import { rawSignatureOf } from '../domain/ecdsa-signature.ts';
import type { AwsKeyServiceOptions } from './aws-key-service.ts';

const answerTimeoutMs = 2_000;
const findKeyArn = statement(
  'vault.find_arn_of_signing_key',
  `SELECT kms_key_arn AS "keyArn" FROM vault.signing_key WHERE purpose = 'evidence'`,
);

/** AWS KMS with the credentials of the process that signs; which key it is says the vault. */
export class AwsEvidenceSigner extends EvidenceSigner {
  readonly #client: KMSClient;
  readonly #vault: VaultDatabase;

  constructor(kms: AwsKeyServiceOptions, vault: VaultDatabase) {
    super();
    const { endpoint, awsRegion, accessKeyId, secretAccessKey } = kms;
    this.#vault = vault;
    this.#client = new KMSClient({
      ...{ endpoint, region: awsRegion, credentials: { accessKeyId, secretAccessKey } },
      requestHandler: { requestTimeout: answerTimeoutMs, throwOnRequestTimeout: true },
    });
  }

  /** Throws UNAVAILABLE while the cell has no key to sign with. */
  override async sign(message: Buffer): Promise<EvidenceSignature> {
    const [key] = await this.#vault.query<{ keyArn: string }>(findKeyArn);
    if (key === undefined) throw new DomainError('UNAVAILABLE', 'there is no key to sign with yet');
    const { Signature } = await this.#client.send(
      new SignCommand({
        KeyId: key.keyArn,
        Message: message,
        MessageType: 'RAW',
        SigningAlgorithm: 'ECDSA_SHA_256',
      }),
    );
    if (Signature === undefined) throw new DomainError('UNAVAILABLE', 'KMS left a member out');
    return { keyArn: key.keyArn, signature: rawSignatureOf(Signature) };
  }

  close(): void {
    this.#client.destroy();
  }
}
