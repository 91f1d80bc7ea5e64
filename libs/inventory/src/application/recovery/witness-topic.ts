import type { Witnessed } from '../../domain/witness.ts';

/** The cell's own topic of movements, kept longer than any backup and restored by none. */
export abstract class WitnessTopic {
  /** Resolves when every record is as durable as the log makes it. */
  abstract append(told: readonly Witnessed[]): Promise<void>;
  /** What was told last: up to `perPartition` records of each partition. */
  abstract readTail(perPartition: number): Promise<Witnessed[]>;
  /** Every record that was there when the reading began; rejects if the end was not reached. */
  abstract readAll(take: (told: Witnessed) => void): Promise<void>;
}
