import type { JournalPlace, Witnessed } from '../../domain/witness.ts';

/** Permission to tell until it expires; the token tells an older holder from a newer one. */
export interface TellingLease {
  readonly fencingToken: bigint;
  /** All up to here was told. */
  readonly place: number;
}

export interface MovementPage {
  readonly told: readonly Witnessed[];
  /** Up to where this page has looked, movements of other kinds included. */
  readonly reached: JournalPlace & { readonly incarnation: string };
}

/** The journal of the cell as the relay to its witness sees it. */
export abstract class MovementJournal {
  /** The place up to which every movement has been written or never will be; the highest that is settled. */
  abstract findSettled(): Promise<number>;
  /** Places that were written and not told, up to 0. */
  abstract countUntold(): Promise<number>;
  /** `undefined` while another relay holds the lease. */
  abstract take(leaseSeconds: number): Promise<TellingLease | undefined>;
  /**
   * False when the lease was lost. A write, committed after a page was read: once it has returned, the
   * standby has this commit and so every earlier one, those of the page included.
   */
  abstract hold(lease: TellingLease, leaseSeconds: number): Promise<boolean>;
  abstract read(after: number, upTo: number, limit: number): Promise<MovementPage>;
  /** False when a newer relay has taken over. */
  abstract advance(lease: TellingLease, place: number): Promise<boolean>;
  abstract release(lease: TellingLease): Promise<void>;
}
