import { ReadContact } from '@entrepot/identity';
import type { SubjectId } from '@entrepot/kernel';
import { Mailer } from '@entrepot/platform-mail';
import { dayIn, isoDate } from '@entrepot/privacy';
import type { ErasureRequest } from '@entrepot/privacy';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { ErasureSettings } from './erasure-settings.ts';
import type { RequestContact } from './recipients/request-seal.ts';

/** By what a letter of acknowledgement is known to the provider of mail and to `mail.sent`. */
export const acknowledgementSuffix = '.received';

/** Says to a person that their request is in, and by when it is answered. */
@Injectable()
export class AcknowledgementLetter {
  constructor(
    private readonly contacts: ReadContact,
    private readonly settings: ErasureSettings,
    // where no mail goes out, the worker sends what is owed
    @Optional() @Inject(Mailer) private readonly mailer?: Mailer,
  ) {}

  /** Undefined for somebody without an address here, and for whoever cannot be read any more. */
  contactOf(subject: SubjectId): Promise<RequestContact | undefined> {
    return this.contacts.execute(subject);
  }

  /** Sent once, however often it is asked for. Throws MailNotSent. */
  async send(
    { id, dueAt }: Pick<ErasureRequest, 'id' | 'dueAt'>,
    { email, locale }: RequestContact,
  ): Promise<void> {
    const date = isoDate(dayIn(this.settings.timeZone, dueAt));
    await this.mailer?.send({
      ...{ kind: 'erasure_received', to: email, locale, values: { date } },
      reference: `${id}${acknowledgementSuffix}`,
    });
  }
}
