import type { SubjectId } from '@entrepot/kernel';

/** Somebody who was erased, and whom a restore brought back. */
export interface RestoredErasure {
  readonly subject: SubjectId;
  readonly isPurged: boolean;
}

/** What the replay of the journal left for the workers to do. */
export abstract class RestoredErasures {
  /** Those who are not yet purged first. */
  abstract open(rowsMax: number): Promise<RestoredErasure[]>;
  abstract recordPurged(subject: SubjectId): Promise<void>;
  /** The key is destroyed, and nothing is left to do. */
  abstract close(subject: SubjectId): Promise<void>;
}
