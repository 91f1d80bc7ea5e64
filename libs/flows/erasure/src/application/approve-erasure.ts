import { PeopleRegister } from '@entrepot/identity';
import type { ErasureRequestId, StaffId } from '@entrepot/kernel';
import type { ErasureRequest } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { ChangeErasure } from './change-erasure.ts';

/** The second pair of eyes, over the plan that this officer was shown. */
@Injectable()
export class ApproveErasure {
  constructor(
    private readonly people: PeopleRegister,
    private readonly changes: ChangeErasure,
  ) {}

  /**
   * Throws NOT_FOUND, ERASURE_NEEDS_ANOTHER_PERSON, ERASURE_APPROVAL_REPLAYED, ERASURE_NOT_WAITING and
   * ERASURE_PLAN_CHANGED.
   */
  async execute(
    id: ErasureRequestId,
    staffId: StaffId,
    planDigest: string,
  ): Promise<ErasureRequest> {
    const person = await this.people.personBehind(staffId);
    const request = await this.changes.find(id);
    const at = this.changes.now();
    const approval = { staffId, person, planDigest, at };
    return this.changes.execute(request, { action: 'approve', at, approval }, { actor: staffId });
  }
}
