import { DomainError } from '@entrepot/kernel';
import type { StaffId, SubjectId } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { hashOfText, newestText } from '../domain/consent-text.ts';
import type { ConsentPurpose } from '../domain/consent-text.ts';
import type { ConsentSurface } from '../domain/consent.ts';
import { ConsentLedger } from './consent-ledger.ts';
import { ConsentTexts } from './consent-texts.ts';

export interface ConsentDecision {
  readonly purpose: ConsentPurpose;
  readonly isGranted: boolean;
  /** The version the person was shown; to withdraw none has to be named. */
  readonly textVersion: number | undefined;
  readonly locale: string;
  readonly surface: ConsentSurface;
  readonly actor: 'subject' | StaffId;
}

/** Writes down what a person decided, with the words that were shown. */
@Injectable()
export class DecideConsent {
  constructor(
    private readonly ledger: ConsentLedger,
    private readonly texts: ConsentTexts,
  ) {}

  /**
   * Throws CONSENT_TEXT_CHANGED where consent is given to words that are not the newest: nobody consents to
   * what was not shown. A withdrawal is taken whatever was shown.
   */
  async execute(subject: SubjectId, decision: ConsentDecision): Promise<void> {
    const { purpose, isGranted, textVersion, locale, surface, actor } = decision;
    const text = newestText(this.texts.all, purpose, locale);
    if (text === undefined) throw new DomainError('NOT_FOUND', `nobody is asked about ${purpose}`);
    if (isGranted && textVersion !== text.version) {
      throw new DomainError('CONSENT_TEXT_CHANGED', `the text about ${purpose} is another by now`);
    }
    await this.ledger.append({
      ...{ subject, purpose, isGranted, surface, actor },
      ...{ textVersion: text.version, textHash: hashOfText(text), locale: text.locale },
    });
  }
}
