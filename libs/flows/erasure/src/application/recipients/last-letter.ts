import { Mailer, MailNotSent } from '@entrepot/platform-mail';
import { dayIn, isoDate } from '@entrepot/privacy';
import type { ErasureRequest } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { ErasureSettings } from '../erasure-settings.ts';
import { RequestSeal } from './request-seal.ts';

/** How long a provider that takes no letter is asked again before the address goes without one. */
const patienceMs = 3 * 86_400_000;

export type LetterOutcome = 'sent' | 'nobody' | 'later' | 'given-up';

/** Tells the person that they are forgotten, with the last that is known of them, and forgets that too. */
@Injectable()
export class LastLetter {
  constructor(
    private readonly seal: RequestSeal,
    private readonly mailer: Mailer,
    private readonly settings: ErasureSettings,
  ) {}

  /** Sends it, once however often it is asked for. `nobody` where there is, or is left, no address. */
  async send({ id, keyDestroyedAt }: ErasureRequest, at: Date): Promise<LetterOutcome> {
    const contact = await this.seal.contactOf(id);
    if (contact === undefined) return 'nobody';
    const date = isoDate(dayIn(this.settings.timeZone, keyDestroyedAt ?? at));
    try {
      await this.mailer.send({
        ...{ kind: 'erasure_done', to: contact.email, locale: contact.locale, values: { date } },
        reference: `${id}.done`,
      });
      return 'sent';
    } catch (error) {
      if (!(error instanceof MailNotSent)) throw error;
      const since = (keyDestroyedAt ?? at).getTime();
      return at.getTime() - since > patienceMs ? 'given-up' : 'later';
    }
  }

  /** Destroys the key of the request and with it the address. Doing it again changes nothing. */
  forget({ id }: ErasureRequest): Promise<void> {
    return this.seal.destroy(id);
  }
}
