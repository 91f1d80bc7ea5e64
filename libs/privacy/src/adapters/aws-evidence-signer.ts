import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { createPublicKey } from 'node:crypto';
import { DomainError } from '@entrepot/kernel';
import { EvidenceKeys } from '../application/erasure-journal.ts';
import { EvidenceSigner } from '../application/evidence-signer.ts';
import type { EvidenceSignature } from '../application/evidence-signer.ts';
import type { AwsKeyServiceOptions } from './aws-key-service.ts';

const answerTimeoutMs = 2_000;
const scalarBytes = 32;

/** Signs with an ECC key of AWS KMS, which never leaves it. */
export class AwsEvidenceSigner extends EvidenceSigner {
  readonly #client: KMSClient;
  readonly #keyArn: string;

  constructor(client: KMSClient, keyArn: string) {
    super();
    this.#client = client;
    this.#keyArn = keyArn;
  }

  override async sign(message: Buffer): Promise<EvidenceSignature> {
    const { Signature, KeyId } = await this.#client.send(
      new SignCommand({
        ...{ KeyId: this.#keyArn, Message: message, MessageType: 'RAW' },
        SigningAlgorithm: 'ECDSA_SHA_256',
      }),
    );
    if (Signature === undefined) throw new DomainError('UNAVAILABLE', 'KMS left a member out');
    return { keyArn: KeyId ?? this.#keyArn, signature: rawSignature(Buffer.from(Signature)) };
  }
}

/** The public halves, as KMS knows them. */
export class AwsEvidenceKeys extends EvidenceKeys {
  readonly #client: KMSClient;

  constructor(client: KMSClient) {
    super();
    this.#client = client;
  }

  override async publicKeyOf(keyArn: string): Promise<string> {
    const { PublicKey } = await this.#client.send(new GetPublicKeyCommand({ KeyId: keyArn }));
    if (PublicKey === undefined) throw new DomainError('UNAVAILABLE', 'KMS left a member out');
    const key = createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' });
    return key.export({ format: 'pem', type: 'spki' }).toString();
  }
}

export function evidenceClient(options: AwsKeyServiceOptions): KMSClient {
  const { endpoint, awsRegion, accessKeyId, secretAccessKey } = options;
  return new KMSClient({
    endpoint,
    region: awsRegion,
    credentials: { accessKeyId, secretAccessKey },
    requestHandler: { requestTimeout: answerTimeoutMs, throwOnRequestTimeout: true },
  });
}

/** KMS signs in DER, a sequence of two integers; JWS wants them bare, 32 bytes each. */
export function rawSignature(der: Buffer): Buffer {
  const rAt = 2;
  const sAt = rAt + 2 + (der[rAt + 1] ?? 0);
  return Buffer.concat([scalarAt(der, rAt), scalarAt(der, sAt)]);
}

function scalarAt(der: Buffer, at: number): Buffer {
  const bytes = der.subarray(at + 2, at + 2 + (der[at + 1] ?? 0));
  const significant = bytes.subarray(Math.max(0, bytes.length - scalarBytes));
  return Buffer.concat([Buffer.alloc(scalarBytes - significant.length), significant]);
}
