import { escrowProtocol, mutants } from '@entrepot/inventory/model';
import type { Protocol } from '@entrepot/inventory/model';

/** What a protocol looks at beside the books. What no step looks at is not part of a state. */
export interface Senses {
  /** What a message adds to the totals sent before it. */
  readonly units: boolean;
  /** What a cell last said about its free units. */
  readonly reports: boolean;
  /** The books before the last commit. */
  readonly past: boolean;
}

export interface SearchedProtocol {
  readonly protocol: Protocol;
  readonly senses: Senses;
}

const blind: Senses = { units: false, reports: false, past: false };
const sensesOfMutants: Readonly<Record<string, Partial<Senses>>> = {
  deltas: { units: true },
  'two-commits': {},
  'take-back': { units: true },
  reclaim: { reports: true },
  lease: { reports: true },
  'stale-standby': { past: true },
};

export const escrow: SearchedProtocol = { protocol: escrowProtocol, senses: blind };

/** Six shortcuts that look sound and are not. */
export const searchedMutants: readonly SearchedProtocol[] = mutants.map((protocol) => {
  const senses = sensesOfMutants[protocol.id];
  if (senses === undefined) throw new TypeError(`nobody says what ${protocol.id} looks at`);
  return { protocol, senses: { ...blind, ...senses } };
});
