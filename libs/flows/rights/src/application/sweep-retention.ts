import type { RetentionLaw } from '@entrepot/privacy';
import { cutoffOf, daysUnder, retentionSchedule } from '../domain/retention-schedule.ts';
import type { RetentionEntry, RetentionName } from '../domain/retention-schedule.ts';

/** What is past its end, found and ended in the tables: a row deleted, or one of its columns emptied. */
export abstract class PastRetention {
  abstract count(name: RetentionName, cutoff: Date): Promise<number>;
  /** Ends at most so many; answers how many. */
  abstract end(name: RetentionName, cutoff: Date, limit: number): Promise<number>;
}

export interface SweptEntry extends RetentionEntry {
  /** What was past its end before. */
  readonly due: number;
  readonly ended: number;
}

const rowsPerStatement = 500;

/** Ends what is past its end by the schedule, or only says how much it is. */
export class SweepRetention {
  readonly #past: PastRetention;
  readonly #law: RetentionLaw;

  constructor(past: PastRetention, law: RetentionLaw) {
    this.#past = past;
    this.#law = law;
  }

  /** An entry that fails holds up none of the others; the first failure is thrown at the end. */
  async execute(at: Date, { isDryRun }: { readonly isDryRun: boolean }): Promise<SweptEntry[]> {
    const swept: SweptEntry[] = [];
    const failures: unknown[] = [];
    const on = at.toISOString().slice(0, 10);
    for (const entry of retentionSchedule) {
      const days = daysUnder(entry, this.#law, on);
      const cutoff = cutoffOf({ days }, at);
      try {
        const due = await this.#past.count(entry.name, cutoff);
        const ended = isDryRun ? 0 : await this.#endAll(entry.name, cutoff);
        swept.push({ ...entry, days, due, ended });
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    return swept;
  }

  /** In portions, so that no statement holds many rows for long. */
  async #endAll(name: RetentionName, cutoff: Date): Promise<number> {
    let ended = 0;
    for (;;) {
      const portion = await this.#past.end(name, cutoff, rowsPerStatement);
      ended += portion;
      if (portion < rowsPerStatement) return ended;
    }
  }
}
