import { firstEpoch, type JournalPlace, type OpenRecovery } from '@entrepot/inventory/testing';

/** What the database of a cell keeps beside its books, and a backup with them. */
export interface Notes {
  /** The place of the journal behind which each epoch began, the newest last. */
  readonly epochs: readonly JournalPlace[];
  /** Up to where the journal was told to the witness. */
  readonly told: number;
  readonly recovery: OpenRecovery | undefined;
}

export const firstNotes: Notes = {
  epochs: [{ epoch: firstEpoch, place: 0 }],
  told: 0,
  recovery: undefined,
};

/** The epoch in which a place of the journal was written. */
export const epochAt = ({ epochs }: Notes, place: number): number =>
  epochs.findLast((begun) => begun.place < place)?.epoch ?? firstEpoch;
