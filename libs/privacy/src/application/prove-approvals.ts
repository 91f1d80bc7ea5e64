import { counterOfVerified } from '@entrepot/platform-webauthn';
import type { RelyingParty } from '@entrepot/platform-webauthn';
import { createHash } from 'node:crypto';
import type { ErasureOfficer, ErasureRequest, PlanFacts } from '../domain/erasure-request.ts';
import { approvalChallenge } from './approval-challenge.ts';
import type {
  ApprovalRole,
  OfficerPasskeys,
  SignedApproval,
  SignedApprovals,
} from './signed-approvals.ts';

/** Whether two persons really said so, whatever a database row says. */
export abstract class ApprovalProofs {
  abstract isProven(request: ErasureRequest): Promise<boolean>;
}

/**
 * Checks for itself what both officers signed: each of the two whom the request names, with a passkey that the
 * register says is theirs, over the digest of the plan as it is stored.
 */
export class ProveApprovals extends ApprovalProofs {
  readonly #signatures: SignedApprovals;
  readonly #passkeys: OfficerPasskeys;
  readonly #relyingParty: RelyingParty;

  constructor(parts: {
    readonly signatures: SignedApprovals;
    readonly passkeys: OfficerPasskeys;
    readonly relyingParty: RelyingParty;
  }) {
    super();
    this.#signatures = parts.signatures;
    this.#passkeys = parts.passkeys;
    this.#relyingParty = parts.relyingParty;
  }

  override async isProven(request: ErasureRequest): Promise<boolean> {
    const { plan, requestedBy, approval } = request;
    if (plan === undefined || requestedBy === undefined || approval === undefined) return false;
    if (digestOf(plan) !== plan.digest) return false;
    const signatures = await this.#signatures.of(request.id);
    const named: [ApprovalRole, ErasureOfficer][] = [
      ['requester', requestedBy],
      ['approver', approval],
    ];
    for (const [role, officer] of named) {
      const of = signatures.filter((signature) => signature.role === role);
      if (!(await this.#hasSigned(request, officer, of))) return false;
    }
    return true;
  }

  /** Any signature of this officer under this plan: one that was given twice is no worse. */
  async #hasSigned(
    { id, plan }: ErasureRequest,
    officer: ErasureOfficer,
    signatures: readonly SignedApproval[],
  ): Promise<boolean> {
    const challenge = approvalChallenge(id, plan?.digest ?? '');
    for (const { signed } of signatures) {
      const passkey = await this.#passkeys.find(signed.credentialId);
      if (passkey?.staffId !== officer.staffId || passkey.person !== officer.person) continue;
      const { publicKey } = passkey;
      const relyingParty = this.#relyingParty;
      const check = { publicKey, challenge, relyingParty, counter: 0 };
      if ((await counterOfVerified(signed, check)) !== undefined) return true;
    }
    return false;
  }
}

const digestOf = ({ text }: PlanFacts): string =>
  createHash('sha256').update(text, 'utf8').digest('hex');
