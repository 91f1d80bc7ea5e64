import { emptyBalances, findGlobalBreaches, homeCell, thePool } from '@entrepot/inventory/model';
import type { CellStock } from '@entrepot/inventory/model';

import { CellMoves } from './cell-moves.ts';
import type { CellMove } from './cell-moves.ts';
import { newCell } from './cell-states.ts';
import { Messages } from './messages.ts';
import type { SearchedProtocol } from './protocols.ts';
import type { SearchScope } from './scope.ts';
import { StateSet } from './state-set.ts';

/** Takes a world that a step leads to. The vector is the caller's only until it returns. */
type Visit = (next: Int32Array, move: CellMove) => void;

export interface WorldBreaches {
  /** What the books of all cells together get wrong, one sentence each. */
  readonly books: readonly string[];
  /** Units sold beyond those that ever arrived. */
  readonly oversold: number;
}

/**
 * Worlds as vectors: a number for the state of each cell, then one for the messages of each ordered pair
 * of cells.
 */
export class Worlds {
  readonly width: number;
  private readonly moves: CellMoves;
  private readonly messages = new Messages();
  private readonly received: Answers = [];
  private readonly timedOut: Answers = [];
  private readonly checked: StateSet;
  private readonly next: Int32Array;

  constructor(
    private readonly scope: SearchScope,
    private readonly searched: SearchedProtocol,
  ) {
    this.moves = new CellMoves(scope, searched);
    this.width = scope.cells.length ** 2;
    this.next = new Int32Array(this.width);
    this.checked = new StateSet(scope.cells.length);
  }

  first(): Int32Array {
    const world = new Int32Array(this.width).fill(Messages.none);
    const { cells, asks, levelMax: level } = this.scope;
    cells.forEach((cell, at) => (world[at] = this.moves.states.number(newCell(cell))));
    if (asks === 'any-time') return world;
    for (const from of cells) {
      for (const to of cells.filter((other) => other !== from)) {
        const ask = this.messages.number({ kind: 'ask', from, to, level, acked: 0 });
        world[this.linkOf(from, to)] = this.messages.with(Messages.none, ask);
      }
    }
    return world;
  }

  get cellStates(): number {
    return this.moves.states.size;
  }

  /** Every step that can be taken, and that the world it leads to differs. */
  visitNext(world: Int32Array, visit: Visit): void {
    for (let cell = 0; cell < this.scope.cells.length; cell += 1) {
      for (const move of this.moves.ownMoves(world[cell] ?? 0)) this.go(world, cell, move, visit);
    }
    for (let link = this.scope.cells.length; link < this.width; link += 1) {
      for (const message of this.messages.membersOf(world[link] ?? 0)) {
        this.visitMessage(world, message, visit);
      }
    }
    if (this.searched.senses.reports) this.visitSilences(world, visit);
  }

  /**
   * What is wrong with the whole, one sentence each. It shows in the books of the cells alone, so worlds
   * that differ in messages only are looked at once.
   */
  breachesOf(world: Int32Array): WorldBreaches | undefined {
    const cells = world.subarray(0, this.scope.cells.length);
    if (this.checked.add(cells, 0) === undefined) return undefined;
    const stocks = [...cells].map((number) => this.moves.states.state(number).stock);
    return { books: findGlobalBreaches(stocks), oversold: oversoldIn(stocks) };
  }

  private visitMessage(world: Int32Array, number: number, visit: Visit): void {
    const message = this.messages.message(number);
    const receiver = this.scope.cells.indexOf(message.to);
    const sender = this.scope.cells.indexOf(message.from);
    const there = world[receiver] ?? 0;
    const inReceiver = known(this.received, [there, number], () =>
      this.moves.onMessage(there, message),
    );
    for (const move of inReceiver) this.go(world, receiver, move, visit);
    const here = world[sender] ?? 0;
    const inSender = known(this.timedOut, [here, number], () =>
      this.moves.onTimeOut(here, message),
    );
    for (const move of inSender) this.go(world, sender, move, visit);
  }

  private go(world: Int32Array, cell: number, move: CellMove, visit: Visit): void {
    const { sends } = move;
    if (move.to === world[cell] && sends === undefined && move.breaches.length === 0) return;
    this.next.set(world);
    this.next[cell] = move.to;
    if (sends !== undefined) {
      const link = this.linkOf(sends.from, sends.to);
      this.next[link] = this.messages.with(world[link] ?? 0, this.messages.number(sends));
    }
    visit(this.next, move);
  }

  private linkOf(from: string, to: string): number {
    const names: readonly string[] = this.scope.cells;
    const [sender, receiver] = [names.indexOf(from), names.indexOf(to)];
    const beforeOwn = receiver > sender ? receiver - 1 : receiver;
    return names.length + sender * (names.length - 1) + beforeOwn;
  }

  /** Steps that the home takes because of what it last heard of another cell. */
  private visitSilences(world: Int32Array, visit: Visit): void {
    const { protocol } = this.searched;
    const home = this.moves.states.state(world[0] ?? 0);
    this.scope.cells.forEach((cell, at) => {
      if (cell === homeCell) return;
      const silent = this.moves.states.state(world[at] ?? 0);
      const before = this.moves.worldOf(home, silent);
      const steps = [
        { after: protocol.silence(before, cell), text: `${cell} is silent for long` },
        { after: protocol.leaseEnds(before, cell), text: `the lease of ${cell} ends` },
      ];
      for (const { after, text } of steps) {
        const atHome = this.moves.afterWorld(home, after.cells.get(homeCell) ?? home.stock, text);
        const there = this.moves.afterWorld(silent, after.cells.get(cell) ?? silent.stock, text);
        if (atHome.to === world[0] && there.to === world[at]) continue;
        this.next.set(world);
        this.next[0] = atHome.to;
        this.next[at] = there.to;
        visit(this.next, atHome);
      }
    });
  }
}

type Answers = Map<number, readonly CellMove[]>[];

function known(
  answers: Answers,
  [state, message]: readonly [number, number],
  find: () => readonly CellMove[],
): readonly CellMove[] {
  const ofState = (answers[state] ??= new Map());
  const found = ofState.get(message) ?? find();
  ofState.set(message, found);
  return found;
}

function oversoldIn(stocks: readonly CellStock[]): number {
  const balances = stocks.map(({ pools }) => pools.get(thePool)?.balances ?? emptyBalances);
  const sold = balances.reduce((sum, { SOLD, SHIPPED }) => sum + SOLD + SHIPPED, 0);
  const arrived = balances.reduce((sum, { SUPPLY }) => sum + SUPPLY, 0);
  return Math.max(0, sold - arrived);
}
