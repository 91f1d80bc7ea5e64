import type { ErasureOutcome, SubjectId } from '@entrepot/kernel';

/**
 * Answers for a kind of store that is not a table: what it has is asked of the store itself. Throws
 * StepFailure with the name of whatever it finds there and does not know.
 */
export abstract class StoreKeeper {
  /** Deletes what there is about the person and reads back what is left. Doing it again is harmless. */
  abstract purge(subject: SubjectId): Promise<readonly ErasureOutcome[]>;
}

/** The keepers of a process. */
export class StoreKeepers {
  readonly all: readonly StoreKeeper[];

  constructor(all: readonly StoreKeeper[]) {
    this.all = all;
  }
}
