import type { AttackReport } from '@entrepot/attacker';

/** What an attack tells about one person, by the texts that only this person has ever typed. */
export interface Learnt {
  /** Names of the texts that became readable, each with the stores it was read in. */
  readonly read: Readonly<Record<string, readonly string[]>>;
  /** How and where words of the dictionary that are the person's were found. */
  readonly guessed: readonly string[];
}

/** An address is kept as JSON, everything else as it was typed. */
function textsIn(value: string): readonly unknown[] {
  if (!value.startsWith('{')) return [value];
  try {
    return Object.values(JSON.parse(value) as object);
  } catch {
    // a name may begin with a brace
    return [value];
  }
}

export function learntOf(
  report: AttackReport,
  texts: Readonly<Record<string, string | undefined>>,
): Learnt {
  const opened = report.stores.flatMap((store) => store.opened);
  const read: Record<string, string[]> = {};
  for (const [name, text] of Object.entries(texts)) {
    const places = opened.filter(({ value }) => textsIn(value).includes(text));
    if (places.length > 0) read[name] = [...new Set(places.map(({ store }) => store))];
  }
  const words = new Set(Object.values(texts));
  const guesses = report.guesses.filter(({ word }) => words.has(word));
  return { read, guessed: guesses.map(({ by, store }) => `${by} in ${store}`) };
}

export const hasLearntNothing = ({ read, guessed }: Learnt): boolean =>
  Object.keys(read).length === 0 && guessed.length === 0;
