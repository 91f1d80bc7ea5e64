import { PersonalDataOwner } from '@entrepot/kernel';
import type { ErasureOutcome, PersonalDataExtract, SubjectId } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { PaymentStore } from '../application/payment-store.ts';

/** A person's payments: shown on request; at erasure the amounts stay and the link to the person goes. */
@Injectable()
export class PaymentsPersonalData extends PersonalDataOwner {
  readonly tables = ['payments.payment'];

  constructor(
    private readonly database: ShopDatabase,
    private readonly store: PaymentStore,
  ) {
    super();
  }

  async exportFor(subject: SubjectId): Promise<PersonalDataExtract[]> {
    const payments = await this.store.findAllOfSubject(this.database, subject);
    const records = payments.map(({ id, orderId, attempt, amount, tax, ...of }) => ({
      ...{ id, orderId, attempt, provider: of.provider, method: of.method, state: of.state },
      declineCode: of.declineCode ?? null,
      ...{ amount: amount.toJSON(), taxIncluded: tax.toJSON() },
    }));
    return [{ section: 'payments', records }];
  }

  async erase(subject: SubjectId): Promise<ErasureOutcome[]> {
    const matched = await this.store.unlinkSubject(this.database, subject);
    const left = matched > 0 ? { left: matched, leftReason: 'BOOKS_WITHOUT_PERSON' } : { left: 0 };
    return [{ store: 'payments.payment', matched, deleted: 0, ...left }];
  }
}
