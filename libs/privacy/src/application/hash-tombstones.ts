import { newCellId } from '@entrepot/kernel';
import type { CellId, SubjectId } from '@entrepot/kernel';
import type { ErasedReferences } from './erased-references.ts';

/** No backup is kept longer; the databases hold the same number. */
export const longestBackupDays = 35;
const dayMs = 86_400_000;
const peoplePerPage = 100;

/** The rows that keep somebody erased, in both databases. */
export abstract class Tombstones {
  /** Whose key was destroyed before an instant and who is still named, by reference, from after one of them on. */
  abstract due(
    before: Date,
    page: { readonly after: SubjectId | undefined; readonly limit: number },
  ): Promise<readonly SubjectId[]>;
  /**
   * Each database takes the hash, or the spare name where it has that hash already: a restore wrote the reference back
   * beside it, into one of the two or into both. May be done again. False where something about the person is still
   * under way.
   */
  abstract rename(
    subject: SubjectId,
    to: { readonly reference: SubjectId; readonly spare: SubjectId },
  ): Promise<boolean>;
}

export interface HashedTombstones {
  readonly due: number;
  readonly hashed: number;
}

/**
 * Puts a keyed hash in the place of the reference of whoever was erased, once the longest backup is gone in
 * which the reference may still lead to anything.
 */
export class HashTombstones {
  readonly #cell: CellId;
  readonly #tombstones: Tombstones;
  readonly #references: ErasedReferences;

  constructor(
    cell: CellId,
    parts: { readonly tombstones: Tombstones; readonly references: ErasedReferences },
  ) {
    this.#cell = cell;
    this.#tombstones = parts.tombstones;
    this.#references = parts.references;
  }

  /** One that fails does not hold up the others; the first failure is thrown at the end. */
  async execute(at: Date, { isDryRun }: { readonly isDryRun: boolean }): Promise<HashedTombstones> {
    const before = new Date(at.getTime() - longestBackupDays * dayMs);
    const failures: unknown[] = [];
    let [due, hashed] = [0, 0];
    let after: SubjectId | undefined;
    for (;;) {
      const page = await this.#tombstones.due(before, { after, limit: peoplePerPage });
      if (!isDryRun) hashed += await this.#hashAll(page, failures);
      due += page.length;
      after = page.at(-1);
      if (page.length < peoplePerPage) break;
    }
    if (failures.length > 0) throw failures[0];
    return { due, hashed };
  }

  async #hashAll(people: readonly SubjectId[], failures: unknown[]): Promise<number> {
    let hashed = 0;
    for (const subject of people) {
      try {
        if (await this.#hash(subject)) hashed += 1;
      } catch (error) {
        failures.push(error);
      }
    }
    return hashed;
  }

  async #hash(subject: SubjectId): Promise<boolean> {
    const reference = await this.#references.of(subject);
    if (reference === undefined) return false;
    // a second row beside the hash needs no name that can be found
    const spare = newCellId('subject', this.#cell);
    return this.#tombstones.rename(subject, { reference, spare });
  }
}
