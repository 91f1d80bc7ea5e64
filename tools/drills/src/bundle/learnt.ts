import type { AttackReport, KeptRecord } from '@entrepot/attacker';

/** A text of the person that lies under a key which is nobody's own. */
export interface KeptText {
  /** Name of the text. */
  readonly text: string;
  /** `schema.table.column`, and the member of the record: `invoices.invoice.content buyerName`. */
  readonly field: string;
  /** The cohort or the request under whose key it lies. */
  readonly under: string;
}

/** What an attack tells about one person, by the texts that only this person has ever typed. */
export interface Learnt {
  /** Names of the texts that became readable, each with the stores it was read in. */
  readonly read: Readonly<Record<string, readonly string[]>>;
  /** How and where words of the dictionary that are the person's were found. */
  readonly guessed: readonly string[];
  /** What a law, a case or the request itself keeps of the person, sorted. */
  readonly kept: readonly KeptText[];
}

type Texts = Readonly<Record<string, string | undefined>>;

/** An address is kept as JSON, everything else as it was typed. */
function textsIn(value: string): readonly unknown[] {
  return leavesOf(parsed(value)).map(({ text }) => text);
}

function parsed(value: string): unknown {
  if (!/^[{[]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    // a name may begin with a brace
    return value;
  }
}

/** Every text within, by the name of the member that it lies in. */
function leavesOf(value: unknown, member = ''): { member: string; text: string }[] {
  if (typeof value === 'string') return [{ member, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, of]) =>
    leavesOf(of, Array.isArray(value) ? member : name),
  );
}

export function learntOf(report: AttackReport, texts: Texts): Learnt {
  const opened = report.stores.flatMap((store) => store.opened);
  const read: Record<string, string[]> = {};
  for (const [name, text] of Object.entries(texts)) {
    const places = opened.filter(({ value }) => textsIn(value).includes(text));
    if (places.length > 0) read[name] = [...new Set(places.map(({ store }) => store))];
  }
  const words = new Set(Object.values(texts));
  const guesses = report.guesses.filter(({ word }) => words.has(word));
  return {
    read,
    guessed: guesses.map(({ by, store }) => `${by} in ${store}`),
    kept: keptOf(report.kept.opened, texts),
  };
}

/** A line of an invoice may hold more than one text. */
function keptOf(records: readonly KeptRecord[], texts: Texts): KeptText[] {
  const kept = records.flatMap(({ column, under, value }) =>
    leavesOf(parsed(value)).flatMap(({ member, text: leaf }) =>
      namesWithin(leaf, texts).map((text) => ({
        ...{ text, field: `${column} ${member}`.trim(), under },
      })),
    ),
  );
  const distinct = new Map(kept.map((of) => [Object.values(of).join('|'), of]));
  return [...distinct].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, of]) => of);
}

const namesWithin = (leaf: string, texts: Texts): string[] =>
  Object.entries(texts).flatMap(([name, text]) =>
    text !== undefined && leaf.includes(text) ? [name] : [],
  );

/** What is kept beside is another matter: it is listed by law, or goes with its request. */
export const hasLearntNothing = ({ read, guessed }: Learnt): boolean =>
  Object.keys(read).length === 0 && guessed.length === 0;
