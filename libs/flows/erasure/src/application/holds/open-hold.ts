import { PeopleRegister } from '@entrepot/identity';
import { DomainError, newCellId } from '@entrepot/kernel';
import type { StaffId } from '@entrepot/kernel';
import { LegalHolds } from '@entrepot/privacy';
import type { DataCategory, LegalHold } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { ChangeErasure } from '../change-erasure.ts';
import { ErasureSettings } from '../erasure-settings.ts';

/** What an officer says: whose data of which category a case needs. */
export interface HoldWish {
  readonly accountId: string;
  readonly category: DataCategory;
  readonly caseReference: string;
}

/** Opens a legal hold. A plan that is made from now on keeps the category under the case. */
@Injectable()
export class OpenHold {
  constructor(
    private readonly people: PeopleRegister,
    private readonly holds: LegalHolds,
    private readonly settings: ErasureSettings,
    private readonly changes: ChangeErasure,
  ) {}

  /** Throws NOT_FOUND, LEGAL_CASE_CLOSED, SUBJECT_ERASED, and for oneself ERASURE_NEEDS_ANOTHER_PERSON. */
  async execute({ accountId, category, caseReference }: HoldWish, by: StaffId): Promise<LegalHold> {
    const subject = await this.people.subjectOf(accountId);
    if (subject === undefined) throw new DomainError('NOT_FOUND', 'nobody has this id');
    if (subject === (await this.people.personBehind(by))) {
      throw new DomainError('ERASURE_NEEDS_ANOTHER_PERSON', 'nobody holds their own data');
    }
    const id = newCellId('legalHold', this.settings.cell);
    const openedAt = this.changes.now();
    return this.holds.open({
      ...{ id, subject, category, caseReference, openedBy: by, openedAt },
      releasedAt: undefined,
    });
  }
}
