import { ReadContact } from '@entrepot/identity';
import type { SubjectId } from '@entrepot/kernel';
import { PaymentStore } from '@entrepot/payments';
import { ShopDatabase } from '@entrepot/platform-database';
import type { ProcessorIdentity } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import type { RequestContact } from './request-seal.ts';

/** By what processors know a person. */
@Injectable()
export class KnownIdentities {
  constructor(
    private readonly contacts: ReadContact,
    private readonly payments: PaymentStore,
    private readonly database: ShopDatabase,
  ) {}

  /** Readable until the person is fenced; undefined afterwards, and for somebody without an account. */
  contactOf(subject: SubjectId): Promise<RequestContact | undefined> {
    return this.contacts.execute(subject);
  }

  /** Sorted, each once. The e-mail address is the one that was kept before the fence. */
  async of(
    subject: SubjectId,
    knowsBy: ProcessorIdentity,
    contact: RequestContact | undefined,
  ): Promise<readonly string[]> {
    if (knowsBy === 'email') return contact === undefined ? [] : [contact.email];
    const payments = await this.payments.findAllOfSubject(this.database, subject);
    const references = payments.flatMap(({ providerReference }) => providerReference ?? []);
    return [...new Set(references)].toSorted();
  }
}
