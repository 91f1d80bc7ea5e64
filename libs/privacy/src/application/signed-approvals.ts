import type { ErasureRequestId, StaffId, SubjectId } from '@entrepot/kernel';
import type { SignedAssertion } from '@entrepot/platform-webauthn';
import type { ErasureApproval } from '../domain/erasure-request.ts';

/** Of the two whom a plan needs: who asks for it, and who looks at it with other eyes. */
export type ApprovalRole = 'requester' | 'approver';

/** What an officer signed, as it is kept for ever. */
export interface SignedApproval extends ErasureApproval {
  readonly role: ApprovalRole;
  readonly signed: SignedAssertion;
  /** In COSE. */
  readonly publicKey: Buffer;
  /** By which a second use of the assertion is known, in hexadecimal. */
  readonly assertionDigest: string;
}

/** The signatures under the plans of requests, which nobody can change or remove. */
export abstract class SignedApprovals {
  /** In their order. */
  abstract of(request: ErasureRequestId): Promise<SignedApproval[]>;
}

/** Whose a passkey is. */
export interface OfficerPasskey {
  readonly staffId: StaffId;
  readonly person: SubjectId;
  /** In COSE. */
  readonly publicKey: Buffer;
}

/** The register of passkeys, which is not written by whoever writes approvals. */
export abstract class OfficerPasskeys {
  /** Undefined for one that is unknown, or that nobody vouched for. */
  abstract find(credentialId: string): Promise<OfficerPasskey | undefined>;
}
