import { PeopleRegister } from '@entrepot/identity';
import { DomainError, newCellId } from '@entrepot/kernel';
import type { StaffId, SubjectId } from '@entrepot/kernel';
import { dueAtOf, ErasureStore } from '@entrepot/privacy';
import type { ErasureOfficer, ErasureRequest } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { ChangeErasure } from './change-erasure.ts';
import { ErasureSettings } from './erasure-settings.ts';
import { PlanErasure } from './plan-erasure.ts';

/**
 * The first pair of eyes: takes a request in, and works out its plan for the second. Asked again by the
 * same person, the answer is the request that is open.
 */
@Injectable()
export class RequestErasure {
  constructor(
    private readonly people: PeopleRegister,
    private readonly requests: ErasureStore,
    private readonly settings: ErasureSettings,
    private readonly changes: ChangeErasure,
    private readonly plans: PlanErasure,
  ) {}

  /**
   * Throws NOT_FOUND, ERASURE_OPEN, for oneself ERASURE_NEEDS_ANOTHER_PERSON, and what PlanErasure throws.
   */
  async execute(accountId: string, staffId: StaffId): Promise<ErasureRequest> {
    const requestedBy = { staffId, person: await this.people.personBehind(staffId) };
    const subject = await this.people.subjectOf(accountId);
    if (subject === undefined) throw new DomainError('NOT_FOUND', 'nobody has this id');
    if (subject === requestedBy.person) {
      throw new DomainError('ERASURE_NEEDS_ANOTHER_PERSON', 'nobody asks for their own erasure');
    }
    return this.prepare(await this.takeIn(subject, requestedBy));
  }

  private async takeIn(subject: SubjectId, requestedBy: ErasureOfficer): Promise<ErasureRequest> {
    const request = this.newRequest(subject, requestedBy);
    const { requestedAt: at } = request;
    const change = { action: 'receive', actor: requestedBy.staffId, at };
    if (await this.requests.insert(request, change)) return request;
    const open = await this.requests.findOpenOf(subject);
    if (open === undefined) throw new DomainError('ERASURE_OPEN', 'the last request just ended');
    if (isSameWish(open, requestedBy)) return open;
    throw new DomainError('ERASURE_OPEN', `${open.id} is open`);
  }

  private newRequest(subject: SubjectId, requestedBy: ErasureOfficer): ErasureRequest {
    const requestedAt = this.changes.now();
    return {
      id: newCellId('erasureRequest', this.settings.cell),
      ...{ subject, status: 'received', version: 1, requestedBy, requestedAt },
      dueAt: dueAtOf(requestedAt, this.settings.timeZone),
      ...{ extendedTo: undefined, identity: undefined, plan: undefined, approval: undefined },
      ...{ coolingOffUntil: undefined, committedAt: undefined, fencedAt: undefined },
      ...{ drainedAt: undefined, keyUnusableAt: undefined, purgedAt: undefined },
      ...{ keyDestroyedAt: undefined, closedAt: undefined, resumesTo: undefined },
      ...{ failure: undefined, duplicateOf: undefined },
    };
  }

  /** From where a crash may have left it to where the second officer finds it. */
  private async prepare(received: ErasureRequest): Promise<ErasureRequest> {
    const by = { actor: received.requestedBy.staffId };
    let request = received;
    if (request.status === 'received') {
      const at = this.changes.now();
      // an account is named by its id; that the person was asked anew is not shown by anything here
      const event = { action: 'verify-identity', at, method: 'named_by_staff' } as const;
      const detail = 'PERSON_NOT_ASKED_ANEW';
      request = await this.changes.execute(request, event, { ...by, detail });
    }
    if (request.status !== 'verified') return request;
    const at = this.changes.now();
    const plan = await this.plans.execute(request, at);
    return this.changes.execute(request, { action: 'assess', at, plan }, by);
  }
}

const stillOpenToAsk: ReadonlySet<string> = new Set(['received', 'verified', 'assessed']);

const isSameWish = ({ status, requestedBy }: ErasureRequest, { staffId }: ErasureOfficer) =>
  stillOpenToAsk.has(status) && requestedBy.staffId === staffId;
