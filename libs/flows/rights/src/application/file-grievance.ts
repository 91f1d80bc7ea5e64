import { ReadAccountUseCase } from '@entrepot/identity';
import { Clock, DomainError, newCellId } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { dayIn, dueAfter, dutyInForce, isoDate } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { GrievanceStore } from './grievance-store.ts';
import type { Grievance } from './grievance-store.ts';
import { RightsSettings } from './rights-settings.ts';

/** Against floods. */
const openGrievancesMax = 10;

/** A complaint, and where the law lets one go on with it. */
export interface RoutedGrievance extends Grievance {
  readonly furtherRoute: string;
  readonly law: string;
}

/** Takes a complaint in, with the time that the law of the person's country gives (DPDP Act section 13, GDPR Article 12(3)). */
@Injectable()
export class FileGrievance {
  constructor(
    private readonly store: GrievanceStore,
    private readonly accounts: ReadAccountUseCase,
    private readonly settings: RightsSettings,
    private readonly clock: Clock,
  ) {}

  /** Throws GRIEVANCE_LIMIT_REACHED and SUBJECT_ERASED. */
  async execute(subject: SubjectId, text: string): Promise<RoutedGrievance> {
    const rule = await this.ruleOf(subject);
    const id = newCellId('privacyRequest', this.settings.cell);
    const filedAt = this.clock.now();
    const dueAt = dueAfter(filedAt, rule.answerWithin, this.settings.timeZone);
    const filed = { id, subject, text, filedAt, dueAt };
    if (!(await this.store.insert(filed, openGrievancesMax))) {
      throw new DomainError('GRIEVANCE_LIMIT_REACHED', 'other complaints wait for an answer');
    }
    const { furtherRoute, law } = rule;
    return { ...filed, answer: undefined, answeredAt: undefined, furtherRoute, law };
  }

  async list(subject: SubjectId): Promise<readonly RoutedGrievance[]> {
    const { furtherRoute, law } = await this.ruleOf(subject);
    const filed = await this.store.ofSubject(subject);
    return filed.map((grievance) => ({ ...grievance, furtherRoute, law }));
  }

  private async ruleOf(subject: SubjectId) {
    const { residence: country } = await this.accounts.execute(subject);
    const on = isoDate(dayIn(this.settings.timeZone, this.clock.now()));
    const rule = dutyInForce(this.settings.peopleLaw, { country, duty: 'grievance', on });
    if (rule === undefined) throw new TypeError(`no rule about complaints in ${country}`);
    return rule;
  }
}
