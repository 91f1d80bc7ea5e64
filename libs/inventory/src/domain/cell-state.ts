import { documentKinds, type Command } from './commands.ts';

/**
 * ACTIVE sells. DRAINING sells nothing new and brings what it holds to its end. FENCED is taken to be
 * dead by the others. RECOVERING was restored and does not know yet what it has forgotten.
 */
export const cellStates = ['ACTIVE', 'DRAINING', 'FENCED', 'RECOVERING'] as const;
export type CellState = (typeof cellStates)[number];

type Kind = Command['kind'];

/** What ends a promise, or only notes what a peer said, can make nothing worse. */
const always: readonly Kind[] = ['release', 'expire', 'cancel', 'ship', 'ack'];

/**
 * What a cell does in each state. DRAINING confirms what it holds, because a shopper's payment is on its
 * way, and takes note of parcels that leave, because they do; neither promises a unit anew.
 */
const allowed: Readonly<Record<CellState, readonly Kind[]>> = {
  ACTIVE: [...always, 'reserve', 'confirm', 'grant', 'apply', ...documentKinds],
  DRAINING: [...always, 'confirm', 'dispatch'],
  FENCED: always,
  RECOVERING: [...always, 'repair', 'readopt'],
};

export const allows = (state: CellState, kind: Kind): boolean => allowed[state].includes(kind);
