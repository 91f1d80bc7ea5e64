import type { SubjectId } from '@entrepot/kernel';

/** How far a fence has got around. */
export interface Drain {
  /** Processes that may hold keys of persons in memory. */
  readonly holders: number;
  /** Those of them that have heeded this fence. */
  readonly heeded: number;
}

/**
 * The processes of the cell that use keys, and the newest fence that each has heeded. One that has been
 * silent for longer than a key may live in memory holds none any more and does not count.
 */
export abstract class KeyHolders {
  /** Says that this process lives, and has dropped the keys of everybody fenced up to this one. */
  abstract report(fenceSeq: bigint): Promise<void>;
  /** This process holds no keys any more. */
  abstract leave(): Promise<void>;
  /** Asks about the fence of a person; nobody has heeded one that does not exist. */
  abstract measure(subject: SubjectId): Promise<Drain>;
}
