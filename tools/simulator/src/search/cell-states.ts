import { emptyStock, thePool } from '@entrepot/inventory/model';
import type { CellStock } from '@entrepot/inventory/model';
import type { CellId } from '@entrepot/kernel';

import type { Message } from './messages.ts';

/** One cell: what it has committed, and what only its memory holds and a crash takes away. */
export interface CellState {
  readonly stock: CellStock;
  /** A grant received and not yet taken in, or an answer made and not yet sent. */
  readonly hand: Message | undefined;
  /** What it last said about its free units; 0 where nobody listens. */
  readonly report: number;
  /** The books before the last commit; absent where nobody looks back. */
  readonly past: CellStock | undefined;
}

export const newCell = (cell: CellId): CellState => ({
  stock: emptyStock(cell),
  hand: undefined,
  report: 0,
  past: undefined,
});

/**
 * Gives a number to each distinct state of a cell. Two states are one when no command and no invariant
 * tells them apart: the journal, the counts of credits and of grants follow from the way there and no rule
 * reads them, and reservations of one size, like deliveries, differ in nothing but their names.
 */
export class CellStates {
  private readonly states: CellState[] = [];
  private readonly numberOf = new Map<string, number>();
  private readonly keyOf = new WeakMap<CellStock, string>();

  number(state: CellState): number {
    const past = state.past === undefined ? '' : this.key(state.past);
    const hand = state.hand === undefined ? '' : JSON.stringify(state.hand);
    const key = `${this.key(state.stock)}|${hand}|${state.report}|${past}`;
    const known = this.numberOf.get(key);
    if (known !== undefined) return known;
    this.numberOf.set(key, this.states.length);
    this.states.push(state);
    return this.states.length - 1;
  }

  state(number: number): CellState {
    const found = this.states[number];
    if (found === undefined) throw new RangeError(`no state of a cell has the number ${number}`);
    return found;
  }

  get size(): number {
    return this.states.length;
  }

  isSameStock(left: CellStock, right: CellStock): boolean {
    return left === right || this.key(left) === this.key(right);
  }

  private key(stock: CellStock): string {
    const known = this.keyOf.get(stock);
    if (known !== undefined) return known;
    const key = stockKey(stock);
    this.keyOf.set(stock, key);
    return key;
  }
}

function stockKey(stock: CellStock): string {
  const { cell, state, pools, reservations, documents, peerEpochs } = stock;
  const books = pools.get(thePool);
  const channels = [...(books?.channels.values() ?? [])].map(
    ({ peer, granted, applied, acked }) => `${peer}:${granted},${applied},${acked}`,
  );
  const lives = [...reservations.values()].map(({ quantity, state: life }) => `${quantity}${life}`);
  const acts = [...documents.values()].map(({ kind, quantity }) => `${quantity}${kind}`);
  const balances = books === undefined ? 'none' : Object.values(books.balances).join();
  return [
    cell,
    state,
    balances,
    [...peerEpochs].map(String).toSorted().join(' '),
    channels.toSorted().join(' '),
    lives.toSorted().join(' '),
    acts.toSorted().join(' '),
  ].join(';');
}
