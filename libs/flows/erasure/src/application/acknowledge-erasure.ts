import { Log } from '@entrepot/platform-telemetry';
import type { ErasureRequest } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { AcknowledgementLetter } from './acknowledgement-letter.ts';
import { CopyOffer } from './copy-offer.ts';
import type { OfferedCopy } from './copy-offer.ts';

/** Tells the person that their request is in, and offers them a copy before there is none to be had. */
@Injectable()
export class AcknowledgeErasure {
  constructor(
    private readonly copies: CopyOffer,
    private readonly letter: AcknowledgementLetter,
    private readonly log: Log,
  ) {}

  newPassphrase(): string | undefined {
    return this.copies.newPassphrase();
  }

  /**
   * Undefined for somebody whom no link can be sent to: the recipient of a gift has no address here. A provider of mail
   * that is away keeps nobody from being forgotten; the letter is owed, and a worker sends it later.
   */
  async execute(request: ErasureRequest, passphrase?: string): Promise<OfferedCopy | undefined> {
    const contact = await this.letter.contactOf(request.subject);
    if (contact === undefined) return undefined;
    const copy = await this.copies.execute(request.subject, passphrase);
    try {
      await this.letter.send(request, contact);
    } catch (error) {
      this.log.failure('privacy.mail_failed', error);
    }
    return copy;
  }
}
