import { PeopleRegister } from '@entrepot/identity';
import { DomainError } from '@entrepot/kernel';
import type { StaffId, SubjectId } from '@entrepot/kernel';
import { Restrictions } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';

/** An officer has somebody's data stored and not used, or used again (GDPR Article 18). */
@Injectable()
export class RestrictAccount {
  constructor(
    private readonly people: PeopleRegister,
    private readonly restrictions: Restrictions,
  ) {}

  /** Throws NOT_FOUND, and SUBJECT_ERASED for somebody who is fenced or erased. */
  async execute(accountId: string, by: StaffId): Promise<void> {
    const subject = await this.subjectOf(accountId);
    if (await this.restrictions.restrict(subject, by)) return;
    throw new DomainError('SUBJECT_ERASED', 'there is nothing to restrict any more');
  }

  /** Throws NOT_FOUND. Lifting what is not there changes nothing. */
  async lift(accountId: string): Promise<void> {
    await this.restrictions.lift(await this.subjectOf(accountId));
  }

  private async subjectOf(accountId: string): Promise<SubjectId> {
    const subject = await this.people.subjectOf(accountId);
    if (subject === undefined) throw new DomainError('NOT_FOUND', 'nobody has this id');
    return subject;
  }
}
