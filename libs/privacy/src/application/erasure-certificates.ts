import type { ErasureRequestId } from '@entrepot/kernel';
import type { EvidenceSignature } from './evidence-signer.ts';

/** The key that signs evidence: made by a worker once, used by the eraser alone. */
export interface SigningKey {
  readonly keyArn: string;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
}

export interface ErasureCertificate {
  /** In its canonical form (RFC 8785). */
  readonly body: string;
  readonly signature: (EvidenceSignature & Pick<SigningKey, 'publicKey'>) | undefined;
}

/** Certificates as a worker makes them, and the names that the eraser has put to them. */
export abstract class ErasureCertificates {
  abstract find(request: ErasureRequestId): Promise<ErasureCertificate | undefined>;
  /** Keeps the first body that it is given; answers the one that is kept. */
  abstract insert(request: ErasureRequestId, body: string, madeAt: Date): Promise<string>;
  /** What the eraser has signed for this request; undefined until it has. */
  abstract signatureOf(request: ErasureRequestId): Promise<EvidenceSignature | undefined>;
  abstract keepSignature(
    request: ErasureRequestId,
    signature: EvidenceSignature & Pick<SigningKey, 'publicKey'>,
  ): Promise<void>;
  /** The key of this cell; made in its KMS where there is none. */
  abstract signingKey(): Promise<SigningKey>;
}
