import { createHash } from 'node:crypto';
import { PeopleRegister } from '@entrepot/identity';
import { DomainError } from '@entrepot/kernel';
import type { ErasureRequestId, StaffId } from '@entrepot/kernel';
import { ErasureStore, isFourEyed } from '@entrepot/privacy';
import type { ErasureRequest } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { erasureStages } from '../domain/erasure.ts';
import { PersonalDataOwners } from './personal-data-owners.ts';

/** The second pair of eyes, after which nobody can stop the erasure. */
@Injectable()
export class ApproveErasure {
  constructor(
    private readonly people: PeopleRegister,
    private readonly requests: ErasureStore,
    private readonly owners: PersonalDataOwners,
  ) {}

  /** Throws NOT_FOUND, ERASURE_NEEDS_ANOTHER_PERSON and ERASURE_NOT_WAITING. */
  async execute(id: ErasureRequestId, staffId: StaffId): Promise<ErasureRequest> {
    const person = await this.people.personBehind(staffId);
    const request = await this.requests.find(id);
    if (request === undefined) throw new DomainError('NOT_FOUND', 'there is no such request');
    if (request.approval?.staffId === staffId) return request;
    const approval = { staffId, person, planDigest: this.planDigestOf(request), at: new Date(0) };
    if (!isFourEyed({ ...request, approval })) {
      throw new DomainError('ERASURE_NEEDS_ANOTHER_PERSON', 'this takes two other persons');
    }
    const isApproved = await this.requests.approve(request, approval);
    const approved = await this.requests.find(id);
    if (isApproved && approved !== undefined) return approved;
    throw new DomainError('ERASURE_NOT_WAITING', `${id} is ${request.status}`);
  }

  /** What the approval is about: this person, these stages, these tables. */
  private planDigestOf({ id, subject }: ErasureRequest): string {
    const stages = erasureStages.map(({ work }) => work);
    const plan = JSON.stringify({ id, subject, stages, tables: this.owners.tables() });
    return createHash('sha256').update(plan).digest('hex');
  }
}
