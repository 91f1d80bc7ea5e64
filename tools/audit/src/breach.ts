/** Something that must never be so. `code` is stable; `row` holds the offending figures and ids of one cell. */
export interface Breach {
  readonly code: string;
  readonly row: Readonly<Record<string, string | number>>;
}

export const breach = (code: string, row: Breach['row']): Breach => ({ code, row });

/** How often each code occurs: what may leave a cell, as it names nobody's order. */
export function countByCode(breaches: readonly Breach[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { code } of breaches) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

/** Adds up by key; a key nobody mentioned is zero. */
export class Tally {
  private readonly sums = new Map<string, number>();

  add(key: string, amount: number): void {
    this.sums.set(key, this.of(key) + amount);
  }

  of(key: string): number {
    return this.sums.get(key) ?? 0;
  }

  keys(): IterableIterator<string> {
    return this.sums.keys();
  }
}
