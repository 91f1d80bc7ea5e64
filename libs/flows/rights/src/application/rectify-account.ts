import { ChangeAccountUseCase } from '@entrepot/identity';
import type { AccountChange } from '@entrepot/identity';
import { Clock, newCellId } from '@entrepot/kernel';
import type { PrivacyRequestId, SubjectId } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import { dueAtOf } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import type { StaffOrder } from '../domain/export.ts';
import { PrivacyRequests } from './privacy-requests.ts';
import { RightsSettings } from './rights-settings.ts';

export interface Rectification {
  readonly id: PrivacyRequestId;
  readonly requestedAt: Date;
  readonly answeredAt: Date;
  readonly fields: readonly string[];
}

/**
 * Corrects what is wrong about a person (GDPR Article 16); a worker then tells whoever has their data. What was sold
 * and invoiced is not edited: an invoice is corrected by a credit note and a new one, which is the books' business.
 */
@Injectable()
export class RectifyAccount {
  constructor(
    private readonly database: ShopDatabase,
    private readonly requests: PrivacyRequests,
    private readonly accounts: ChangeAccountUseCase,
    private readonly settings: RightsSettings,
    private readonly clock: Clock,
  ) {}

  /**
   * The request, the correction and the answer, which has recipients told, are written together or not at all: whoever
   * is not told that it is done asks again. Throws ACCOUNT_CHANGED and SUBJECT_ERASED.
   */
  async execute(
    subject: SubjectId,
    change: AccountChange,
    order?: StaffOrder,
  ): Promise<Rectification> {
    const id = newCellId('privacyRequest', this.settings.cell);
    const requestedAt = this.clock.now();
    const dueAt = dueAtOf(requestedAt, this.settings.timeZone);
    const write = await this.accounts.prepare(subject, change);
    const answeredAt = this.clock.now();
    await this.database.unitOfWork(async (tx) => {
      const request = { id, subject, kind: 'rectification', order, requestedAt, dueAt } as const;
      await this.requests.insert(tx, request);
      await write(tx);
      await this.requests.answer(tx, id, answeredAt);
    });
    const fields = Object.entries(change).flatMap(([name, value]) =>
      value === undefined ? [] : [name],
    );
    return { id, requestedAt, answeredAt, fields };
  }
}
