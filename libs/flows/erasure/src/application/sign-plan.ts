import { PeopleRegister, StaffAssertions } from '@entrepot/identity';
import { DomainError } from '@entrepot/kernel';
import type { ErasureRequestId, StaffId } from '@entrepot/kernel';
import { approvalChallenge } from '@entrepot/privacy';
import type { ApprovalRole, ErasureRequest } from '@entrepot/privacy';
import type { AssertionJson, AssertionOptions } from '@entrepot/platform-webauthn';
import { Injectable } from '@nestjs/common';
import type { SigningEvent } from '../domain/transition.ts';
import { ChangeErasure } from './change-erasure.ts';

const actionOf = { requester: 'confirm', approver: 'approve' } as const;

export interface PlanSignature {
  readonly role: ApprovalRole;
  /** SHA-256 of the plan that this officer was shown, in hexadecimal. */
  readonly planDigest: string;
  readonly assertion: AssertionJson;
}

/**
 * Both pairs of eyes: whoever asks for an erasure confirms its plan, another officer approves it, and each
 * signs the digest of the plan with a passkey. What they sign is kept, for the eraser believes no one else.
 */
@Injectable()
export class SignPlan {
  constructor(
    private readonly people: PeopleRegister,
    private readonly assertions: StaffAssertions,
    private readonly changes: ChangeErasure,
  ) {}

  /** What the browser of this officer needs to sign the plan as it stands. Throws like `execute`. */
  async options(
    id: ErasureRequestId,
    staffId: StaffId,
    role: ApprovalRole,
  ): Promise<AssertionOptions> {
    const request = await this.changes.find(id);
    if (request.plan === undefined) {
      throw new DomainError('ERASURE_NOT_WAITING', `${id} has no plan`);
    }
    const { digest } = request.plan;
    this.changes.foresee(request, await this.eventOf(staffId, role, digest));
    return this.assertions.options(staffId, approvalChallenge(id, digest));
  }

  /**
   * Throws NOT_FOUND, ERASURE_NEEDS_ANOTHER_PERSON, ERASURE_APPROVAL_REPLAYED, ERASURE_NOT_WAITING,
   * ERASURE_NOT_CONFIRMED, ERASURE_PLAN_CHANGED, APPROVER_TOO_CLOSE and what an assertion throws.
   */
  async execute(
    id: ErasureRequestId,
    staffId: StaffId,
    { role, planDigest, assertion }: PlanSignature,
  ): Promise<ErasureRequest> {
    const request = await this.changes.find(id);
    const event = await this.eventOf(staffId, role, planDigest);
    // before the assertion is used up: it could not be given again
    this.changes.foresee(request, event);
    const challenge = approvalChallenge(id, planDigest);
    const checked = await this.assertions.check(staffId, challenge, assertion);
    const { signed, publicKey, digest: assertionDigest } = checked;
    const signature = { ...event.approval, role, signed, publicKey, assertionDigest };
    return this.changes.execute(request, event, { actor: staffId, signature });
  }

  private async eventOf(
    staffId: StaffId,
    role: ApprovalRole,
    planDigest: string,
  ): Promise<SigningEvent> {
    const person = await this.people.personBehind(staffId);
    const at = this.changes.now();
    return { action: actionOf[role], at, approval: { staffId, person, planDigest, at } };
  }
}
