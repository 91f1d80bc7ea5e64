import type { MailKind } from './mailer.ts';
import { german } from './texts/german.ts';
import { english } from './texts/english.ts';
import { french } from './texts/french.ts';
import { hindi } from './texts/hindi.ts';

/** What the text of each kind leaves open; every language names the same. */
export const mailValues = {
  identity_code: ['code'],
  export_ready: ['link', 'date'],
  erasure_received: ['date'],
  erasure_done: ['date'],
  rectified: ['date'],
  inactivity_notice: ['date'],
} as const satisfies Record<MailKind, readonly string[]>;

export interface MailText {
  readonly subject: string;
  readonly text: string;
}

/** A subject and paragraphs, in which `{code}` stands for a value. No subject has one: it is seen on locked screens. */
export type LanguageTexts = Readonly<
  Record<MailKind, { readonly subject: string; readonly paragraphs: readonly string[] }>
>;

export const mailLanguages = { en: english, hi: hindi, de: german, fr: french } as const;
export type MailLanguage = keyof typeof mailLanguages;

/** The language of ours that a BCP 47 tag asks for; English where there is none. */
export function languageOf(locale: string): MailLanguage {
  const [language = ''] = locale.toLowerCase().split('-');
  return Object.hasOwn(mailLanguages, language) ? (language as MailLanguage) : 'en';
}

const valueCharactersMax = 2_000;

/** Throws TypeError where a value is missing, too long or holds control characters, and never shows it. */
export function mailTextOf(
  kind: MailKind,
  locale: string,
  values: Readonly<Record<string, string>>,
): MailText {
  for (const name of mailValues[kind]) refuseUnfit(name, values[name]);
  const { subject, paragraphs } = mailLanguages[languageOf(locale)][kind];
  const text = paragraphs.join('\n\n').replaceAll(/\{([a-z]+)\}/g, (_, name: string) => {
    return values[name] ?? '';
  });
  return { subject, text: `${text}\n` };
}

function refuseUnfit(name: string, value: string | undefined): void {
  if (value === undefined) throw new TypeError(`the text needs a value for ${name}`);
  if (value.length > valueCharactersMax || /\p{Cc}/u.test(value)) {
    throw new TypeError(`the value for ${name} does not fit into a text`);
  }
}
