import type { ErasureRequestId, SubjectId } from '@entrepot/kernel';
import type { Log } from '@entrepot/platform-telemetry';
import { certificateDigest, certificateStatement } from '../domain/certificate-statement.ts';
import { isApprovedByTwo } from '../domain/erasure-request.ts';
import type { ErasureRequest } from '../domain/erasure-request.ts';
import { isVerificationTrue } from './certified-verification.ts';
import type { KnownEvidence } from './certified-verification.ts';
import type { EvidenceSignature, EvidenceSigner } from './evidence-signer.ts';

/** When a key was lost to everybody, and when its bytes were gone, by the vault's own clock. */
export interface KeyEnd {
  readonly unusableAt: Date;
  readonly destroyedAt: Date;
}

/** A certificate that a worker made and nobody has signed. */
export interface UnsignedCertificate {
  readonly request: ErasureRequest;
  readonly body: string;
}

/** What the eraser reads and writes to sign; its login at the shop cannot write. */
export abstract class CertificateDesk {
  abstract unsigned(rowsMax: number): Promise<UnsignedCertificate[]>;
  /** Undefined before the ledger has both instants. */
  abstract endOf(subject: SubjectId): Promise<KeyEnd | undefined>;
  /** What was given about the verification of a request; undefined before the cell has a key to sign it with. */
  abstract evidenceOf(
    request: ErasureRequestId,
  ): Promise<Omit<KnownEvidence, 'mayLackParts'> | undefined>;
  abstract isSigned(request: ErasureRequestId): Promise<boolean>;
  /** Signing again keeps the first signature. */
  abstract keep(
    request: ErasureRequestId,
    signature: EvidenceSignature & { readonly bodyDigest: Buffer },
  ): Promise<void>;
}

const rowsPerRunMax = 100;

/**
 * Puts the eraser's name to certificates. It believes no worker: the request must be one that two persons
 * approved, both instants that the certificate claims must be those of the ledger, and what it says of the verification
 * must be what the evidence in the vault says.
 */
export class SignCertificates {
  readonly #desk: CertificateDesk;
  readonly #signer: EvidenceSigner;
  readonly #log: Log;
  readonly #mayLackParts: boolean;

  constructor(parts: {
    readonly desk: CertificateDesk;
    readonly signer: EvidenceSigner;
    readonly log: Log;
    /** Whether a scan and a restored backup have to be there. */
    readonly requiresEvidence: boolean;
  }) {
    this.#desk = parts.desk;
    this.#signer = parts.signer;
    this.#log = parts.log;
    this.#mayLackParts = !parts.requiresEvidence;
  }

  /** Answers how many it signed. */
  async execute(): Promise<number> {
    let signed = 0;
    for (const certificate of await this.#desk.unsigned(rowsPerRunMax)) {
      if (await this.#sign(certificate)) signed += 1;
    }
    return signed;
  }

  async #sign({ request, body }: UnsignedCertificate): Promise<boolean> {
    if (await this.#desk.isSigned(request.id)) return false;
    const end = await this.#desk.endOf(request.subject);
    const evidence = await this.#desk.evidenceOf(request.id);
    if (
      end === undefined ||
      evidence === undefined ||
      !isApprovedByTwo(request) ||
      !isTrue(body, request, { end, evidence: { ...evidence, mayLackParts: this.#mayLackParts } })
    ) {
      this.#log.warn('privacy.certificate_refused', { state: request.status });
      return false;
    }
    const signature = await this.#signer.sign(certificateStatement(body));
    await this.#desk.keep(request.id, { ...signature, bodyDigest: certificateDigest(body) });
    return true;
  }
}

/** Whether a certificate claims of this request what the ledger and the evidence say. */
function isTrue(
  body: string,
  { id }: ErasureRequest,
  { end, evidence }: { readonly end: KeyEnd; readonly evidence: KnownEvidence },
): boolean {
  const claimed = JSON.parse(body) as {
    readonly requestId?: unknown;
    readonly claims?: {
      readonly unusable?: { readonly since?: unknown };
      readonly destroyed?: { readonly at?: unknown };
    };
    readonly verification?: unknown;
  };
  return (
    claimed.requestId === id &&
    claimed.claims?.unusable?.since === end.unusableAt.toISOString() &&
    claimed.claims.destroyed?.at === end.destroyedAt.toISOString() &&
    isVerificationTrue(claimed.verification, evidence)
  );
}
