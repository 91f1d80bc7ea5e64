import type { CellId } from '@entrepot/kernel';
import type { PoolId } from '../../domain/pool.ts';
import type { JournalEnd, JournalPlace } from '../../domain/witness.ts';

/** A recovery that is going on. */
export interface OpenRecovery {
  /** In which the cell speaks since it was begun. */
  readonly epoch: number;
  /** What lies behind this place, in its epoch or a later one, may have been forgotten. */
  readonly mends: JournalPlace;
  /** Whether the books have all that the cell's own witness knows. */
  readonly hasRemembered: boolean;
}

/** What this cell has given to a peer and taken in from it, ever. */
export interface ChannelTotals {
  readonly pool: PoolId;
  readonly granted: number;
  readonly applied: number;
}

/** Epochs and recoveries of the books of one cell. Every change is one statement, safe to be made again. */
export abstract class RecoveryBooks {
  /** Where the journal ends, in the epoch of the cell. */
  abstract findPlace(): Promise<JournalEnd>;
  /** Those of the places that the journal does not have. */
  abstract findUnknown(places: readonly number[]): Promise<number[]>;
  abstract findOpenRecovery(): Promise<OpenRecovery | undefined>;
  /** Cells that people declared lost and that have not recovered with this one since. */
  abstract findLost(): Promise<CellId[]>;
  /**
   * Begins to recover in an epoch above `witnessed` and returns it; nothing changes where a recovery in such
   * an epoch is going on.
   */
  abstract begin(witnessed: number): Promise<number>;
  /** Notes that the books have all that the own witness knows. */
  abstract noteRemembered(epoch: number): Promise<void>;
  /** Opens a case of all that a recovery leaves for people; done again, it opens no other. */
  abstract openCases(recovery: OpenRecovery): Promise<void>;
  /** False where a newer recovery was begun meanwhile, or none is going on. */
  abstract end(epoch: number): Promise<boolean>;
  /** Notes the epoch of a peer; returns the newest that was heard of it. */
  abstract hear(peer: CellId, epoch: number): Promise<number>;
  /** Notes that a peer that was declared lost was told all in an epoch that is not closed to it. */
  abstract noteReturn(peer: CellId, epoch: number): Promise<void>;
  /** Channels with a peer by pool id, behind `after`. */
  abstract pageOfChannels(
    peer: CellId,
    page: { readonly after: PoolId | undefined; readonly limit: number },
  ): Promise<ChannelTotals[]>;
}
