import type { GroundTruth } from './person-facts.ts';

type Row = Readonly<Record<string, unknown>>;

/** Whether everything that a fact says is said by the record; the record may say more. */
function tells(record: unknown, fact: unknown): boolean {
  if (Array.isArray(fact)) {
    return (
      Array.isArray(record) &&
      record.length === fact.length &&
      fact.every((item, index) => tells(record[index], item))
    );
  }
  if (typeof fact === 'object' && fact !== null) {
    if (typeof record !== 'object' || record === null) return false;
    return Object.entries(fact).every(([key, value]) => tells((record as Row)[key], value));
  }
  return record === fact;
}

/**
 * The categories in which a copy differs from what happened: a fact without a record, a record without a
 * fact, or no section at all.
 */
export function differences(
  truth: GroundTruth,
  copy: ReadonlyMap<string, readonly Row[]>,
): string[] {
  return Object.entries(truth).flatMap(([section, facts]) => {
    const records = [...(copy.get(section) ?? [])];
    if (!copy.has(section) || records.length !== facts.length) return [section];
    for (const fact of facts) {
      const at = records.findIndex((record) => tells(record, fact));
      if (at < 0) return [section];
      records.splice(at, 1);
    }
    return [];
  });
}

/** The sections of a copy, read from its JSON files. */
export const sectionsOf = (files: ReadonlyMap<string, string>): Map<string, readonly Row[]> =>
  new Map(
    [...files].flatMap(([name, text]) => {
      const section = /^json\/(\w+)\.json$/.exec(name)?.[1];
      return section === undefined ? [] : [[section, JSON.parse(text) as Row[]] as const];
    }),
  );
