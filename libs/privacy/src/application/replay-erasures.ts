import { fatesIn, replayOf, replaySteps } from '../domain/erasure-journal.ts';
import type { Fate, JournalEntry, Remembered, ReplayStep } from '../domain/erasure-journal.ts';

/** The databases of a cell that was restored, while no process of the cell runs. */
export abstract class RestoredCell {
  abstract remembers(fate: Fate): Promise<Remembered>;
  /** Throws BrokenJournalError `mismatched` where the vault has another key of this person. */
  abstract take(step: ReplayStep, fate: Fate): Promise<void>;
  /**
   * Forgets the spare keys: since the backup each may have been given to a person, and given again it would
   * open what that person wrote. Answers how many there were.
   */
  abstract dropSpareKeys(): Promise<number>;
}

export interface ReplayReport {
  /** Whom the journal names. */
  readonly people: number;
  /** How many had to be told anything. */
  readonly forgotten: number;
  readonly steps: Readonly<Record<ReplayStep, number>>;
  readonly spareKeysDropped: number;
}

/**
 * Tells a restored cell again whom it has erased. May be done again, and ended anywhere: what was done is
 * remembered, and not done twice.
 */
export class ReplayErasures {
  readonly #cell: RestoredCell;

  constructor(cell: RestoredCell) {
    this.#cell = cell;
  }

  /** The entries must have been checked. */
  async execute(
    entries: readonly JournalEntry[],
    { isVaultRestored }: { readonly isVaultRestored: boolean },
  ): Promise<ReplayReport> {
    const fates = fatesIn(entries);
    const steps = Object.fromEntries(replaySteps.map((step) => [step, 0])) as Record<
      ReplayStep,
      number
    >;
    const spareKeysDropped = isVaultRestored ? await this.#cell.dropSpareKeys() : 0;
    let forgotten = 0;
    for (const fate of fates) {
      const due = replayOf(fate, await this.#cell.remembers(fate));
      for (const step of due) {
        await this.#cell.take(step, fate);
        steps[step] += 1;
      }
      if (due.length > 0) forgotten += 1;
    }
    return { people: fates.length, forgotten, steps, spareKeysDropped };
  }
}
