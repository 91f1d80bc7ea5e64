import { documentKinds, type Command } from './commands.ts';

/**
 * ACTIVE sells. DRAINING sells nothing new and brings what it holds to its end. FENCED is taken to be
 * dead by the others. RECOVERING was restored and does not know yet what it has forgotten.
 */
export const cellStates = ['ACTIVE', 'DRAINING', 'FENCED', 'RECOVERING'] as const;
export type CellState = (typeof cellStates)[number];

type Kind = Command['kind'];

/** What ends a promise makes nothing worse, where the books know of all promises. */
const endings: readonly Kind[] = ['release', 'expire', 'cancel', 'ship'];

/**
 * What a cell does in each state. DRAINING confirms what it holds, because a shopper's payment is on its
 * way, and takes note of parcels that leave, because they do; neither promises a unit anew. RECOVERING ends
 * nothing either: the witness may know of another ending.
 */
const allowed: Readonly<Record<CellState, readonly Kind[]>> = {
  ACTIVE: [...endings, 'ack', 'reserve', 'confirm', 'grant', 'apply', ...documentKinds],
  DRAINING: [...endings, 'ack', 'confirm', 'dispatch'],
  FENCED: [...endings, 'ack'],
  RECOVERING: ['ack', 'repair', 'readopt'],
};

export const allows = (state: CellState, kind: Kind): boolean => allowed[state].includes(kind);
