import type { CreateErasureRequestBody } from '@entrepot/contracts/api/privacy';
import { DomainError } from '@entrepot/kernel';
import type { StaffId } from '@entrepot/kernel';
import type { ErasureOfficer, ErasureRequest } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { NamedPeople } from './named-people.ts';
import { TakeInErasure } from './take-in-erasure.ts';
import type { VerifiedErasure } from './take-in-erasure.ts';

/**
 * An officer asks on somebody's behalf, and works out the plan. Asked again by the same officer, the answer is
 * the request that is open.
 */
@Injectable()
export class RequestErasure {
  constructor(
    private readonly people: NamedPeople,
    private readonly intake: TakeInErasure,
  ) {}

  /**
   * Throws NOT_FOUND, ERASURE_OPEN, for oneself ERASURE_NEEDS_ANOTHER_PERSON, and what PlanErasure throws.
   */
  async execute(named: CreateErasureRequestBody, staffId: StaffId): Promise<VerifiedErasure> {
    const requestedBy = { staffId, person: await this.people.personBehind(staffId) };
    const subject = await this.people.subjectOf(named);
    if (subject === undefined) throw new DomainError('NOT_FOUND', 'nobody is meant by this');
    if (subject === requestedBy.person) {
      throw new DomainError('ERASURE_NEEDS_ANOTHER_PERSON', 'nobody asks for their own erasure');
    }
    const request = await this.intake.receive({ subject, requestedBy });
    if (!isSameWish(request, requestedBy)) {
      throw new DomainError('ERASURE_OPEN', `${request.id} is open`);
    }
    // an account or an order is named by its id; that the person was asked anew is not shown by anything here
    const verified = await this.intake.verify(request, {
      ...{ method: 'named_by_staff', actor: staffId, detail: 'PERSON_NOT_ASKED_ANEW' },
    });
    const planned = await this.intake.plan(verified.request, { actor: staffId });
    return { ...verified, request: planned };
  }
}

const stillOpenToAsk: ReadonlySet<string> = new Set(['received', 'verified', 'assessed']);

const isSameWish = ({ status, requestedBy }: ErasureRequest, { staffId }: ErasureOfficer) =>
  stillOpenToAsk.has(status) && requestedBy?.staffId === staffId;
