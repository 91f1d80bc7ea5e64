import type { CountryCode } from '@entrepot/kernel';
import { dutyInForce } from '@entrepot/privacy';
import type { DataRight, PeopleLaw } from '@entrepot/privacy';

const words: Readonly<Record<DataRight, string>> = {
  correction: 'have it corrected',
  erasure: 'have it erased',
  restriction: 'have its use restricted',
  portability: 'take elsewhere what you gave',
  objection: 'object to its use',
  withdrawal: 'take back a consent',
};

export const rightWords = (rights: readonly DataRight[]): string[] =>
  rights.map((right) => words[right]);

interface Bound {
  readonly country: CountryCode;
  /** ISO date. */
  readonly on: string;
}

export const isGiven = (law: PeopleLaw, right: DataRight, of: Bound): boolean =>
  dutyInForce(law, { ...of, duty: 'rights' })?.given.includes(right) ?? false;

/**
 * What a person may do about their data by the law that binds them that day, with its articles, and where
 * they may complain. That whoever asks is erased holds everywhere, whether a law says so or not.
 */
export function rightsText(law: PeopleLaw, of: Bound): string {
  const rights = dutyInForce(law, { ...of, duty: 'rights' });
  const grievance = dutyInForce(law, { ...of, duty: 'grievance' });
  return [
    rights === undefined
      ? 'No rule about your rights is in force; write to us.'
      : `You may ${rightWords(rights.given).join(', ')} (${rights.law}).`,
    ...(isGiven(law, 'erasure', of) ? [] : ['We erase you as well when you ask.']),
    ...(grievance === undefined
      ? []
      : [
          `You may complain to us, and if that does not help to ${grievance.furtherRoute} (${grievance.law}).`,
        ]),
  ].join(' ');
}
