import type { JournalPlace } from '../../domain/witness.ts';

/** The highest place that was told, kept outside of every database and log. */
export abstract class WitnessMark {
  /** `undefined` before anything was told. Rejects where what is kept cannot be read: nobody may guess then. */
  abstract read(): Promise<JournalPlace | undefined>;
  /** Durable when it resolves. A lower place than the one that is kept changes nothing. */
  abstract raise(place: JournalPlace & { readonly incarnation: string }): Promise<void>;
}
