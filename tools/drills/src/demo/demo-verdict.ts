import type { Canaries } from '@entrepot/border-scan';
import type { ErasureCertificateView } from '@entrepot/contracts/api/erasure-certificate';
import type { ErasureRequestDetailView } from '@entrepot/contracts/api/privacy';

import { hasLearntNothing } from '../bundle/learnt.ts';
import type { Learnt } from '../bundle/learnt.ts';

/** What the approved plan says is kept under a law or for a case. */
export interface StatutoryEntry {
  readonly category: string;
  readonly law: string;
  /** ISO date of the last day; null while a case is open. */
  readonly until: string | null;
  readonly cohort: string;
}

/** What outsiders learnt about one person, take by take. */
export interface LearntOverTime {
  readonly before: Learnt;
  /** Once the keys of the shopper wait for their end. */
  readonly unusable: Learnt;
  /** When no key is left. */
  readonly after: Learnt;
}

export const statutoryEntries = ({
  plan,
}: Pick<ErasureRequestDetailView, 'plan'>): StatutoryEntry[] =>
  (plan?.entries ?? []).flatMap(({ leaves, cohort, category, law, until }) =>
    leaves === 'fields' && cohort !== null ? [{ category, law, until, cohort }] : [],
  );

/** A password is never kept. */
export function wasAllRead({ read }: Learnt, texts: Canaries): boolean {
  const names = Object.keys(texts).filter((name) => name !== 'password');
  return names.every((name) => name in read);
}

/** Whether exactly what the plan lists is kept: something under each cohort of it, and nothing else. */
export function isKeptAsListed(
  { kept }: Learnt,
  statutory: readonly Pick<StatutoryEntry, 'cohort'>[],
): boolean {
  const found = new Set(kept.map(({ under }) => under));
  const listed = new Set(statutory.map(({ cohort }) => cohort));
  return [...found].every((of) => listed.has(of)) && [...listed].every((of) => found.has(of));
}

/** Nothing is left but what the plan lists as kept by a law. */
export const isForgotten = (
  { unusable, after }: Pick<LearntOverTime, 'unusable' | 'after'>,
  statutory: readonly StatutoryEntry[],
): boolean =>
  hasLearntNothing(unusable) && hasLearntNothing(after) && isKeptAsListed(after, statutory);

/** Whether every part of the verification was run, and none of them found anything. */
export const wasVerified = ({
  certificate,
}: Pick<ErasureCertificateView, 'certificate'>): boolean => {
  const parts = certificate.verification ?? [];
  return parts.length > 0 && parts.every(({ result, found }) => result === 'run' && found === 0);
};

export function describeLearnt(who: string, { read, guessed, kept }: Learnt): string {
  const names = Object.keys(read);
  const found = [
    ...(names.length === 0 ? [] : [`${names.join(', ')} were read`]),
    ...(guessed.length === 0 ? [] : [`the address was found by ${guessed.join(', ')}`]),
  ];
  const what = found.length === 0 ? 'NOTHING under a key of their own' : found.join('; ');
  return [
    `  Of the ${who}: ${what}.`,
    ...kept.map(({ text, field, under }) => `    kept under ${under}: ${text}, as ${field}`),
  ].join('\n');
}

export const describeStatutory = (entries: readonly StatutoryEntry[]): string =>
  entries.length === 0
    ? '  No law keeps anything of them.'
    : entries
        .map(
          ({ category, law, until, cohort }) =>
            `  A law keeps their ${category} under ${cohort} until ${until ?? 'its case ends'}: ${law}`,
        )
        .join('\n');
