import type { JournalEntry } from '../domain/erasure-journal.ts';
import {
  epochFatesIn,
  epochReplayOf,
  epochReplaySteps,
  fatesIn,
  replayOf,
  replaySteps,
} from '../domain/replay.ts';
import type {
  EpochFate,
  EpochReplayStep,
  Fate,
  Remembered,
  RememberedEpoch,
  ReplayStep,
} from '../domain/replay.ts';

/** The databases of a cell that was restored, while no process of the cell runs. */
export abstract class RestoredCell {
  abstract remembers(fate: Fate): Promise<Remembered>;
  /**
   * Answers false where there was nothing to do: a key to adopt that KMS has no more. Throws
   * BrokenJournalError `mismatched` where the vault has another key of this person.
   */
  abstract take(step: ReplayStep, fate: Fate): Promise<boolean>;
}

/** What lies under epochs that are over, and which nobody opens any more. */
export interface LostUnderEpochs {
  readonly keys: number;
  readonly logins: number;
}

/** The keys of a vault that was restored, as far as they are no person's own. */
export abstract class RestoredKeys {
  /**
   * Forgets the spare keys: since the backup each may have been given to a person, and given again it would
   * open what that person wrote. Answers how many there were.
   */
  abstract dropSpareKeys(): Promise<number>;
  /** Throws BrokenJournalError `mismatched` where the vault has other keys of this epoch. */
  abstract remembers(fate: EpochFate): Promise<RememberedEpoch>;
  abstract take(step: EpochReplayStep, fate: EpochFate): Promise<void>;
  abstract countLost(): Promise<LostUnderEpochs>;
}

export interface ReplayReport {
  /** Whom the journal names. */
  readonly people: number;
  /** How many had to be told anything. */
  readonly forgotten: number;
  readonly steps: Readonly<Record<ReplayStep | EpochReplayStep, number>>;
  readonly spareKeysDropped: number;
  readonly lost: LostUnderEpochs;
}

/**
 * Tells a restored cell again whom it has erased. May be done again, and ended anywhere: what was done is
 * remembered, and not done twice.
 */
export class ReplayErasures {
  readonly #cell: RestoredCell;
  readonly #keys: RestoredKeys | undefined;

  /** Without `keys` where the shop alone was restored: the vault that lives has forgotten nothing. */
  constructor(parts: { readonly cell: RestoredCell; readonly keys: RestoredKeys | undefined }) {
    this.#cell = parts.cell;
    this.#keys = parts.keys;
  }

  /** The entries must have been checked. */
  async execute(entries: readonly JournalEntry[]): Promise<ReplayReport> {
    const steps = Object.fromEntries(
      [...epochReplaySteps, ...replaySteps].map((step) => [step, 0]),
    ) as Record<ReplayStep | EpochReplayStep, number>;
    const spareKeysDropped = (await this.#keys?.dropSpareKeys()) ?? 0;
    for (const step of await this.#replayEpochs(entries)) steps[step] += 1;
    const fates = fatesIn(entries);
    let forgotten = 0;
    for (const fate of fates) {
      const taken = await this.#replayPerson(fate);
      for (const step of taken) steps[step] += 1;
      if (taken.length > 0) forgotten += 1;
    }
    const lost = (await this.#keys?.countLost()) ?? { keys: 0, logins: 0 };
    return { people: fates.length, forgotten, steps, spareKeysDropped, lost };
  }

  async #replayEpochs(entries: readonly JournalEntry[]): Promise<EpochReplayStep[]> {
    const taken: EpochReplayStep[] = [];
    if (this.#keys === undefined) return taken;
    for (const fate of epochFatesIn(entries)) {
      const step = epochReplayOf(fate, await this.#keys.remembers(fate));
      if (step === undefined) continue;
      await this.#keys.take(step, fate);
      taken.push(step);
    }
    return taken;
  }

  async #replayPerson(fate: Fate): Promise<ReplayStep[]> {
    const taken: ReplayStep[] = [];
    for (const step of replayOf(fate, await this.#cell.remembers(fate))) {
      if (await this.#cell.take(step, fate)) taken.push(step);
    }
    return taken;
  }
}
