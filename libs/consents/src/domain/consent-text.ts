import { createHash } from 'node:crypto';

/** What a person may be asked for; each is decided apart. */
export const consentPurposes = ['marketing_mail', 'recommendations'] as const;
export type ConsentPurpose = (typeof consentPurposes)[number];

/** Purposes that are direct marketing: an objection (GDPR Article 21(2)) ends them all. */
export const marketingPurposes: readonly ConsentPurpose[] = ['marketing_mail'];

/** The words that a person is shown when asked; data of the region, never changed once shown. */
export interface ConsentText {
  readonly purpose: ConsentPurpose;
  /** Rises with every change of the words. */
  readonly version: number;
  /** ISO 639-1. */
  readonly locale: string;
  readonly text: string;
}

/** SHA-256 of the words: what the ledger keeps, so that the words cannot be changed afterwards. */
export const hashOfText = ({ text }: ConsentText): Buffer =>
  createHash('sha256').update(text, 'utf8').digest();

/**
 * The newest text about a purpose in a language; where there is none in it, in the first language of the
 * list. Undefined where the purpose has no text at all: then nobody can be asked.
 */
export function newestText(
  texts: readonly ConsentText[],
  purpose: ConsentPurpose,
  locale: string,
): ConsentText | undefined {
  const about = texts.filter((text) => text.purpose === purpose);
  const language = about.some((text) => text.locale === locale) ? locale : about[0]?.locale;
  return about
    .filter((text) => text.locale === language)
    .toSorted((a, b) => a.version - b.version)
    .at(-1);
}
