import type { SubjectId } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { consentPurposes, newestText } from '../domain/consent-text.ts';
import type { ConsentPurpose, ConsentText } from '../domain/consent-text.ts';
import { ConsentLedger } from './consent-ledger.ts';
import { ConsentTexts } from './consent-texts.ts';

/** What holds for one purpose, with the words to be shown; without a decision nothing is consented to. */
export interface ConsentState {
  readonly purpose: ConsentPurpose;
  readonly isGranted: boolean;
  readonly decidedAt: Date | undefined;
  readonly text: ConsentText;
}

@Injectable()
export class ReadConsents {
  constructor(
    private readonly ledger: ConsentLedger,
    private readonly texts: ConsentTexts,
  ) {}

  /** One state for each purpose that the region asks about. */
  async execute(subject: SubjectId, locale: string): Promise<readonly ConsentState[]> {
    const decided = new Map((await this.ledger.current(subject)).map((of) => [of.purpose, of]));
    return consentPurposes.flatMap((purpose) => {
      const text = newestText(this.texts.all, purpose, locale);
      if (text === undefined) return [];
      const { isGranted = false, decidedAt } = decided.get(purpose) ?? {};
      return [{ purpose, isGranted, decidedAt, text }];
    });
  }
}
