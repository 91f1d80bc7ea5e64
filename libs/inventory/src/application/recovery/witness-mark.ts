import type { JournalPlace } from '../../domain/witness.ts';

/** The highest place that was told, kept outside of every database and log. */
export abstract class WitnessMark {
  /** The highest of what was raised and noted. `undefined` before anything was told. Rejects where what is kept cannot be read: nobody may guess then. */
  abstract read(): Promise<JournalPlace | undefined>;
  /** Durable when it resolves: the cell may speak in this epoch from now on. Safe to be called by several at once. */
  abstract noteEpoch(epoch: number): Promise<void>;
  /** Durable when it resolves. A lower place than the one that is kept changes nothing. */
  abstract raise(place: JournalPlace & { readonly incarnation: string }): Promise<void>;
}
