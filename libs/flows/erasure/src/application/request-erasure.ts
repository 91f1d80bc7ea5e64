import { PeopleRegister } from '@entrepot/identity';
import { DomainError, newCellId } from '@entrepot/kernel';
import type { StaffId } from '@entrepot/kernel';
import { ErasureStore } from '@entrepot/privacy';
import type { ErasureOfficer, ErasureRequest } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { ErasureSettings } from './erasure-settings.ts';

/** The first pair of eyes. Asked again by the same person, the answer is the request that is open. */
@Injectable()
export class RequestErasure {
  constructor(
    private readonly people: PeopleRegister,
    private readonly requests: ErasureStore,
    private readonly settings: ErasureSettings,
  ) {}

  /** Throws NOT_FOUND, ERASURE_OPEN and, for oneself, ERASURE_NEEDS_ANOTHER_PERSON. */
  async execute(accountId: string, staffId: StaffId): Promise<ErasureRequest> {
    const requestedBy = { staffId, person: await this.people.personBehind(staffId) };
    const subject = await this.people.subjectOf(accountId);
    if (subject === undefined) throw new DomainError('NOT_FOUND', 'nobody has this id');
    if (subject === requestedBy.person) {
      throw new DomainError('ERASURE_NEEDS_ANOTHER_PERSON', 'nobody asks for their own erasure');
    }
    const id = newCellId('erasureRequest', this.settings.cell);
    const isNew = await this.requests.insert({ id, subject, requestedBy });
    const open = await (isNew ? this.requests.find(id) : this.requests.findOpenOf(subject));
    if (open === undefined) throw new DomainError('ERASURE_OPEN', 'the last request just ended');
    if (!isNew && !isSameWish(open, requestedBy)) {
      throw new DomainError('ERASURE_OPEN', `${open.id} is open`);
    }
    return open;
  }
}

const isSameWish = ({ status, requestedBy }: ErasureRequest, { staffId }: ErasureOfficer) =>
  status === 'requested' && requestedBy.staffId === staffId;
