import { ReadContact } from '@entrepot/identity';
import { Log } from '@entrepot/platform-telemetry';
import { Mailer } from '@entrepot/platform-mail';
import { dayIn, isoDate } from '@entrepot/privacy';
import type { ErasureRequest } from '@entrepot/privacy';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { CopyOffer } from './copy-offer.ts';
import type { OfferedCopy } from './copy-offer.ts';
import { ErasureSettings } from './erasure-settings.ts';

/** Tells the person that their request is in, and offers them a copy before there is none to be had. */
@Injectable()
export class AcknowledgeErasure {
  constructor(
    private readonly copies: CopyOffer,
    private readonly contacts: ReadContact,
    private readonly settings: ErasureSettings,
    private readonly log: Log,
    @Optional() @Inject(Mailer) private readonly mailer?: Mailer,
  ) {}

  newPassphrase(): string | undefined {
    return this.copies.newPassphrase();
  }

  /** Undefined for somebody whom no link can be sent to: the recipient of a gift has no address here. */
  async execute(request: ErasureRequest, passphrase?: string): Promise<OfferedCopy | undefined> {
    const contact = await this.contacts.execute(request.subject);
    if (contact === undefined) return undefined;
    const copy = await this.copies.execute(request.subject, passphrase);
    await this.tell(request, contact);
    return copy;
  }

  /** A provider of mail that is away keeps nobody from being forgotten. */
  private async tell(
    { id, dueAt }: ErasureRequest,
    { email, locale }: { readonly email: string; readonly locale: string },
  ): Promise<void> {
    const date = isoDate(dayIn(this.settings.timeZone, dueAt));
    try {
      await this.mailer?.send({
        ...{ kind: 'erasure_received', to: email, locale, values: { date } },
        reference: `${id}.received`,
      });
    } catch (error) {
      this.log.failure('privacy.mail_failed', error);
    }
  }
}
