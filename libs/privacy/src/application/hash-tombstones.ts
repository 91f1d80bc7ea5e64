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
  abstract isTaken(reference: SubjectId): Promise<boolean>;
  /** May be done again. False where something about the person is still under way. */
  abstract rename(subject: SubjectId, reference: SubjectId): Promise<boolean>;
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

  async execute(at: Date, { isDryRun }: { readonly isDryRun: boolean }): Promise<HashedTombstones> {
    const before = new Date(at.getTime() - longestBackupDays * dayMs);
    let [due, hashed] = [0, 0];
    let after: SubjectId | undefined;
    for (;;) {
      const page = await this.#tombstones.due(before, { after, limit: peoplePerPage });
      for (const subject of page) {
        if (!isDryRun && (await this.#hash(subject))) hashed += 1;
      }
      due += page.length;
      after = page.at(-1);
      if (page.length < peoplePerPage) return { due, hashed };
    }
  }

  async #hash(subject: SubjectId): Promise<boolean> {
    const reference = await this.#references.of(subject);
    if (reference === undefined) return false;
    // a restore wrote the reference back beside its hash: the second row needs no name that can be found
    const isTaken = await this.#tombstones.isTaken(reference);
    return this.#tombstones.rename(subject, isTaken ? newCellId('subject', this.#cell) : reference);
  }
}
