import type { NewJournalFact } from '../domain/erasure-journal.ts';

/**
 * The ledger of erasures outside of every database. A restored database has forgotten the newest
 * erasures; what stands here is done again before the cell serves.
 */
export abstract class ErasureJournal {
  /**
   * Resolves once the fact is on disk, in both places. A fact that stands there already is not written
   * again. Throws BrokenJournalError, and then the fact must not be acted on.
   */
  abstract append(fact: NewJournalFact): Promise<void>;
}

/** Public keys of those who sign evidence. */
export abstract class EvidenceKeys {
  /** In PEM. */
  abstract publicKeyOf(keyArn: string): Promise<string>;
}
