import { findForgotten } from '../../domain/witness.ts';
import type { RecoveryBooks } from './recovery-books.ts';
import type { WitnessMark } from './witness-mark.ts';
import type { WitnessTopic } from './witness-topic.ts';

/** Records of each partition that are looked up one by one. */
const tailPerPartition = 1_000;

/**
 * At the start of a process, before it serves: whether the journal lacks anything that a witness was told. If
 * so the cell begins to recover, in all its processes at once, and sells nothing until it has.
 */
export class CompareWithWitness {
  /** @param topic left out in a process that may not read it: it has the file, and the worker has both */
  constructor(
    private readonly books: RecoveryBooks,
    private readonly mark: WitnessMark,
    private readonly topic?: WitnessTopic,
  ) {}

  /** Resolves to the epoch of the recovery that was begun, or is going on above all that a witness knows. */
  async execute(): Promise<number | undefined> {
    const highest = await this.mark.read();
    const recent = (await this.topic?.readTail(tailPerPartition)) ?? [];
    const journal = await this.books.findPlace();
    const ofEpoch = recent.filter(({ epoch }) => epoch === journal.epoch);
    const unknown = await this.books.findUnknown(ofEpoch.map(({ place }) => place));
    const witnessed = findForgotten(journal, { highest, recent, unknown });
    return witnessed === undefined ? undefined : this.books.begin(witnessed);
  }
}
