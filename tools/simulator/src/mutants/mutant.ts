import type { Protocol } from '../cell/protocol.ts';

/** A planted bug: a shortcut that looks sound, or a line left out of the rules. */
export interface Mutant {
  readonly name: string;
  readonly sentence: string;
  /** What it does otherwise than the platform. */
  readonly change: Partial<Protocol>;
}
