import { idPrefixes } from '@entrepot/kernel';
import { hasIbanCheck, hasLuhnDigit, hasVerhoeffDigit } from './check-digits.ts';

/** Why a value may not leave its cell. */
export type DetectorCode =
  | 'CANARY'
  | 'CIPHERTEXT'
  | 'EMAIL'
  | 'IBAN'
  | 'PAYMENT_CARD'
  | 'AADHAAR'
  | 'INCOME_TAX_NUMBER'
  | 'PHONE'
  | 'OWN_REFERENCE';

/** Part of every text that a planted person types: whoever sees it sees a leak. */
export const canaryMark = 'cnry';

/** Lengths of IBANs (ISO 13616 registry) of the countries from which shoppers may pay. */
const ibanLengths: Readonly<Record<string, number>> = {
  ...{ AT: 20, BE: 16, BG: 22, CH: 21, CY: 28, CZ: 24, DE: 22, DK: 18, EE: 20, ES: 24, FI: 18 },
  ...{ FR: 27, GB: 22, GR: 27, HR: 21, HU: 28, IE: 22, IS: 26, IT: 27, LI: 21, LT: 20, LU: 20 },
  ...{ LV: 21, MC: 27, MT: 31, NL: 18, NO: 15, PL: 28, PT: 25, RO: 24, SE: 24, SI: 19, SK: 24 },
};

/** Letters of any alphabet, also those that were read byte by byte. */
const email = /[^\s@/]+@[^\s@/]*[^\s@/.]\.[^\s@/.\d]{2,}/;
const ciphertext = /v\d+\|sub_|v\d+\|[A-Za-z0-9_:.-]{4,}\|/;
/** Local parts as `randomLocalPart` makes them. */
const ownReference = new RegExp(
  `(?:${Object.values(idPrefixes).join('|')})_(?:[a-z]{2}-[1-9][0-9]{0,2}_)?[0-9a-hjkmnp-tv-z]{26}`,
);
/** With the sign of an international number; separators as people write them. */
const internationalPhone = /\+\s?[1-9](?:[\s().-]{0,2}\d){7,14}(?!\d)/;
/** Indian mobile numbers as they are typed at home, with or without 0 or 91; no European one is told apart without a +. */
const indianMobile = /(?<![0-9A-Za-z])(?:0|91)?[6-9]\d{4}\s?\d{5}(?![0-9A-Za-z])/;
/** A person's (the fourth letter) permanent account number. */
const incomeTaxNumber = /(?<![0-9A-Z])[A-Z]{3}P[A-Z]\d{4}[A-Z](?![0-9A-Z])/;
const ibanWritten = /(?<![0-9A-Za-z])[A-Z]{2}\d{2}(?:\s?[0-9A-Z]){11,30}/gi;
/** At 15 digits and more no article number (GTIN-8, -12, -13, -14) can be taken for a card. */
const cardWritten =
  /(?<!\d)(?:\d{15,19}|(?:\d{4}[\s-]){3}\d{3,4}(?:[\s-]?\d{1,3})?|\d{4}[\s-]\d{6}[\s-]\d{5})(?!\d)/g;
/** Twelve digits or three groups of four; within a longer word of letters and digits they are an article number. */
const aadhaarWritten = /(?<![0-9A-Za-z])[2-9]\d{3}([\s-]?)\d{4}\1\d{4}(?![0-9A-Za-z])/g;
/** Major industry 3 to 6, and RuPay's 81 and 82. */
const cardIssuer = /^(?:3[0-9]|4|5[0-8]|6|2[2-7]|8[12])/;
function isIban(written: string): boolean {
  const compact = written.replaceAll(/\s/g, '').toUpperCase();
  const length = ibanLengths[compact.slice(0, 2)];
  return length !== undefined && compact.length >= length && hasIbanCheck(compact.slice(0, length));
}

const isCard = (digits: string): boolean => cardIssuer.test(digits) && hasLuhnDigit(digits);

const numbersIn = (text: string, written: RegExp): string[] =>
  (text.match(written) ?? []).map((number) => number.replaceAll(/\D/g, ''));

const detectors: readonly (readonly [DetectorCode, (text: string) => boolean])[] = [
  ['CANARY', (text) => text.toLowerCase().includes(canaryMark)],
  ['CIPHERTEXT', (text) => ciphertext.test(text)],
  ['EMAIL', (text) => email.test(text)],
  ['IBAN', (text) => (text.match(ibanWritten) ?? []).some(isIban)],
  ['PAYMENT_CARD', (text) => numbersIn(text, cardWritten).some(isCard)],
  ['AADHAAR', (text) => numbersIn(text, aadhaarWritten).some(hasVerhoeffDigit)],
  ['INCOME_TAX_NUMBER', (text) => incomeTaxNumber.test(text)],
  ['PHONE', (text) => internationalPhone.test(text) || indianMobile.test(text)],
  ['OWN_REFERENCE', (text) => ownReference.test(text)],
];

/** What personal value a text holds as it stands; undefined where it holds none that is known by its form. */
export const detectIn = (text: string): DetectorCode | undefined =>
  detectors.find(([, holds]) => holds(text))?.[0];

/** The shortest address, of six characters, in base64. */
const packedCharactersMin = 8;
/** A text in base64 in a text in base64: nobody packs more often by accident. */
const unpackDepthMax = 2;
const groupCharacters = 4;

/** What else a text means to whoever unpacks it: URL-encoded, hex, base64 in each alignment. */
function unpackedForms(text: string): string[] {
  const forms: string[] = [];
  if (text.includes('%')) forms.push(text.replaceAll(/%([0-9a-f]{2})/gi, fromHex));
  for (const [run] of text.matchAll(/[0-9a-fA-F]{12,}/g)) {
    for (const shift of [0, 1]) forms.push(Buffer.from(run.slice(shift), 'hex').toString('latin1'));
  }
  for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{8,}/g)) {
    for (let shift = 0; shift < groupCharacters; shift += 1) {
      forms.push(Buffer.from(run.slice(shift), 'base64').toString('latin1'));
    }
  }
  return forms.filter((form) => readable.test(form));
}

/** As many letters in a row as the shortest address has; what unpacks to noise has not. */
const readable = /[\x20-\x7e]{6}/;

const fromHex = (_match: string, hex: string): string => Buffer.from(hex, 'hex').toString('latin1');

/** The same, also for what lies in the text packed. */
export function detectPersonal(text: string, depth = 0): DetectorCode | undefined {
  const found = detectIn(text);
  if (found !== undefined) return found;
  if (depth === unpackDepthMax || text.length < packedCharactersMin) return undefined;
  for (const form of unpackedForms(text)) {
    const inside = depth === 0 ? detectPersonal(form, depth + 1) : detectIn(form);
    if (inside !== undefined) return inside;
  }
  return undefined;
}
