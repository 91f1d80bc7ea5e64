import { ReadAccountUseCase } from '@entrepot/identity';
import { Clock, DomainError, newCellId } from '@entrepot/kernel';
import type { NomineeId, SubjectId } from '@entrepot/kernel';
import { dayIn, dutyOffered, isoDate } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { NomineeStore } from './nominee-store.ts';
import type { Nominee, NomineeDetails } from './nominee-store.ts';
import { RightsSettings } from './rights-settings.ts';

/** A person names who may act for them (DPDP Act section 14); offered before the law wants it, and nowhere else. */
@Injectable()
export class NameNominee {
  constructor(
    private readonly store: NomineeStore,
    private readonly accounts: ReadAccountUseCase,
    private readonly settings: RightsSettings,
    private readonly clock: Clock,
  ) {}

  /** Throws NOMINATION_NOT_OFFERED, NOMINEE_LIMIT_REACHED and SUBJECT_ERASED. */
  async execute(subject: SubjectId, details: NomineeDetails): Promise<Nominee> {
    const { residence: country } = await this.accounts.execute(subject);
    const on = isoDate(dayIn(this.settings.timeZone, this.clock.now()));
    const rule = dutyOffered(this.settings.peopleLaw, { country, duty: 'nomination', on });
    if (rule === undefined) {
      throw new DomainError('NOMINATION_NOT_OFFERED', 'the law of the country has no nominees');
    }
    const id = newCellId('nominee', this.settings.cell);
    const named = await this.store.insert(subject, { id, ...details }, rule.nomineesMax);
    if (named !== undefined) return named;
    throw new DomainError('NOMINEE_LIMIT_REACHED', 'the person has named all that they may');
  }

  list(subject: SubjectId): Promise<readonly Nominee[]> {
    return this.store.ofSubject(subject);
  }

  /** Throws NOT_FOUND. */
  async remove(subject: SubjectId, id: NomineeId): Promise<void> {
    if (await this.store.remove(subject, id)) return;
    throw new DomainError('NOT_FOUND', 'the person named nobody of this id');
  }
}
