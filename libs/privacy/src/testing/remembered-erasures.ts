import { ErasureJournal } from '../application/erasure-journal.ts';
import type { NewJournalFact } from '../domain/erasure-journal.ts';
import { factKeyOf } from '../domain/erasure-journal.ts';

/** A journal for specs that are about something else: it keeps each fact once, in memory. */
export class RememberedErasures extends ErasureJournal {
  readonly #facts = new Map<string, NewJournalFact>();

  get facts(): readonly NewJournalFact[] {
    return [...this.#facts.values()];
  }

  override append(fact: NewJournalFact): Promise<void> {
    this.#facts.set(factKeyOf(fact), this.#facts.get(factKeyOf(fact)) ?? fact);
    return Promise.resolve();
  }
}
