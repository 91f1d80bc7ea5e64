import { ReadContact } from '@entrepot/identity';
import type { PrivacyRequestId } from '@entrepot/kernel';
import { Mailer } from '@entrepot/platform-mail';
import { dayIn, isoDate } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { ExportStore } from './export-store.ts';
import { RightsSettings } from './rights-settings.ts';

/** Sends the link of a finished copy to its person. Without the passphrase, which the mail has not, it opens nothing. */
@Injectable()
export class TellExportReady {
  constructor(
    private readonly exports: ExportStore,
    private readonly contacts: ReadContact,
    private readonly mailer: Mailer,
    private readonly settings: RightsSettings,
  ) {}

  /** Throws MailNotSent: the job then comes again. Somebody without an address is not told. */
  async execute(id: PrivacyRequestId): Promise<void> {
    const untold = await this.exports.findUntold(id);
    if (untold === undefined) return;
    const { origin, timeZone } = this.settings;
    const contact = await this.contacts.execute(untold.subject);
    if (contact !== undefined) {
      await this.mailer.send({
        ...{ kind: 'export_ready', to: contact.email, locale: contact.locale },
        values: {
          link: `${origin}/v1/exports/${untold.link}`,
          date: isoDate(dayIn(timeZone, untold.expiresAt)),
        },
        reference: `${id}.ready`,
      });
    }
    await this.exports.noteTold(id);
  }
}
