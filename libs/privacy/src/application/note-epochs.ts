import type { ErasureJournal } from './erasure-journal.ts';
import { epochFact } from './retire-epochs.ts';
import type { EpochEnds } from './retire-epochs.ts';

/**
 * Names every epoch in the journal before anything that lay under it is erased: a vault that is restored from
 * before the epoch was made would give its number again, and know nothing of keys that open other backups.
 */
export class NoteEpochs {
  readonly #ends: EpochEnds;
  readonly #journal: ErasureJournal;

  constructor(parts: { readonly ends: EpochEnds; readonly journal: ErasureJournal }) {
    this.#ends = parts.ends;
    this.#journal = parts.journal;
  }

  async execute(): Promise<void> {
    for (const epoch of await this.#ends.existing()) {
      await this.#journal.append(epochFact('epoch-made', epoch));
    }
  }
}
