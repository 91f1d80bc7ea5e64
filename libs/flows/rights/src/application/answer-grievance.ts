import { Clock, DomainError } from '@entrepot/kernel';
import type { PrivacyRequestId, SubjectId } from '@entrepot/kernel';
import { AccessLog } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { GrievanceStore } from './grievance-store.ts';
import type { Grievance } from './grievance-store.ts';
import type { StaffRead } from './read-person.ts';

/** Complaints as staff read and answer them: each time it is written down who looked and why. */
@Injectable()
export class AnswerGrievance {
  constructor(
    private readonly store: GrievanceStore,
    private readonly log: AccessLog,
    private readonly clock: Clock,
  ) {}

  /** Throws NOT_FOUND and SUBJECT_ERASED. */
  async read(id: PrivacyRequestId, read: StaffRead): Promise<Grievance> {
    await this.open(id, read);
    return this.found(id);
  }

  /** Throws NOT_FOUND, GRIEVANCE_ANSWERED and SUBJECT_ERASED. */
  async execute(id: PrivacyRequestId, text: string, read: StaffRead): Promise<Grievance> {
    const subject = await this.open(id, read);
    const answer = { text, staff: read.staff, at: this.clock.now() };
    if (!(await this.store.answer({ id, subject }, answer))) {
      throw new DomainError('GRIEVANCE_ANSWERED', 'the complaint was answered before');
    }
    return this.found(id);
  }

  private async open(id: PrivacyRequestId, read: StaffRead): Promise<SubjectId> {
    const subject = await this.store.subjectOf(id);
    if (subject === undefined) throw new DomainError('NOT_FOUND', 'there is no such complaint');
    await this.log.note({ subject, ...read });
    return subject;
  }

  private async found(id: PrivacyRequestId): Promise<Grievance> {
    const grievance = await this.store.find(id);
    if (grievance === undefined)
      throw new DomainError('SUBJECT_ERASED', 'whoever complained is gone');
    return grievance;
  }
}
