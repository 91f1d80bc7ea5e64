import {
  channelOf,
  decide,
  homeCell,
  newWorld,
  orderOf,
  thePool,
  transitions,
  uuidOf,
} from '@entrepot/inventory/model';
import type {
  CellStock,
  Command,
  DocumentId,
  ReservationId,
  TransitionKind,
  Verdict,
  World,
} from '@entrepot/inventory/model';

import { CellStates } from './cell-states.ts';
import type { CellState } from './cell-states.ts';
import { findCommitBreaches } from './local-invariants.ts';
import type { Message } from './messages.ts';
import type { SearchedProtocol } from './protocols.ts';
import type { SearchScope } from './scope.ts';

/** One thing that may happen in a cell. */
export interface CellMove {
  readonly text: string;
  /** The number of the state it leads to. */
  readonly to: number;
  /** What it puts on a link. */
  readonly sends?: Message;
  /** What its commit broke. */
  readonly breaches: readonly string[];
}

const endings = Object.keys(transitions) as TransitionKind[];
const noContext = { now: 0, stoppedGroup: undefined };
const spoken: Readonly<Record<TransitionKind, string>> = {
  confirm: 'confirms',
  release: 'releases',
  expire: 'lets expire',
  cancel: 'cancels',
  ship: 'ships',
};

/** Where a cell can go from a state, by the reducer itself; each question is worked out once. */
export class CellMoves {
  readonly states = new CellStates();
  private readonly own = new Map<number, readonly CellMove[]>();

  constructor(
    private readonly scope: SearchScope,
    private readonly searched: SearchedProtocol,
  ) {}

  /** What it can do by itself. */
  ownMoves(number: number): readonly CellMove[] {
    const known = this.own.get(number);
    if (known !== undefined) return known;
    const state = this.states.state(number);
    const moves = [
      ...this.documents(state),
      ...this.callsOfOrders(state),
      ...this.asks(state),
      ...this.handMoves(state),
      ...this.report(state),
      ...this.failOver(state),
    ];
    this.own.set(number, moves);
    return moves;
  }

  /** What it can do with a message that arrives; one whose memory is taken attends to that first. */
  onMessage(number: number, message: Message): readonly CellMove[] {
    const state = this.states.state(number);
    const { from, to } = message;
    if (state.hand !== undefined) return [];
    if (message.kind === 'grant') {
      const text = `${to} receives from ${from}: ${message.total} given so far`;
      return [this.move(text, { ...state, hand: message })];
    }
    const ceilings = Array.from({ length: this.scope.units }, (_, at) => at + 1);
    return ceilings.map((ceiling) => this.grant(state, message, ceiling));
  }

  /** What the sender of a grant does when it has not heard that it arrived. */
  onTimeOut(number: number, message: Message): readonly CellMove[] {
    if (message.kind !== 'grant') return [];
    const state = this.states.state(number);
    const after = this.searched.protocol.timeOut(this.worldOf(state), message);
    return [
      this.commit(
        state,
        stockIn(after, state),
        `${message.from} waits no longer for ${message.to}`,
      ),
    ];
  }

  /** The books of a cell after a step of the whole world, as a state of that cell. */
  afterWorld(state: CellState, stock: CellStock, text: string): CellMove {
    return this.commit(state, stock, text);
  }

  /** A world of some cells, as the protocol wants to see it. */
  worldOf(...states: readonly CellState[]): World {
    const cells = states.map((state) => [state.stock.cell, state] as const);
    return {
      ...newWorld([]),
      cells: new Map(cells.map(([cell, { stock }]) => [cell, stock])),
      history: new Map(cells.map(([cell, { past }]) => [cell, past === undefined ? [] : [past]])),
      reports: new Map(cells.map(([cell, { report }]) => [cell, report])),
    };
  }

  /** What the warehouse tells: the next delivery or loss, and the last one again. */
  private documents(state: CellState): CellMove[] {
    const { stock } = state;
    const told = [...stock.documents.values()];
    const arrived = told.filter(({ kind }) => kind === 'mint').length;
    const lost = told.length - arrived;
    if (stock.cell !== homeCell) return [];
    const document = (kind: number, number: number) => ({
      pool: thePool,
      home: homeCell,
      document: uuidOf(kind, number) as DocumentId,
      quantity: 1,
    });
    return [
      ...nextAndLast(arrived, this.scope.units).map((number) =>
        this.decided(state, `${homeCell} books delivery ${number}: 1 unit`, {
          ...document(1, number),
          kind: 'mint',
          into: 'FREE',
        }),
      ),
      ...nextAndLast(lost, this.scope.losses).map((number) =>
        this.decided(state, `${homeCell} books loss ${number}: 1 unit`, {
          ...document(3, number),
          kind: 'writeOff',
          from: 'FREE',
        }),
      ),
    ];
  }

  /** Calls about reservations come in any order and number; of reservations that are alike one stands for all. */
  private callsOfOrders(state: CellState): CellMove[] {
    const { stock } = state;
    const seen = new Set<string>();
    return this.scope.reservations.flatMap((quantity, at) => {
      const reservation = uuidOf(2, at) as ReservationId;
      const life = stock.reservations.get(reservation)?.state ?? 'unknown';
      if (seen.has(`${quantity} ${life}`)) return [];
      seen.add(`${quantity} ${life}`);
      const of = { pool: thePool, reservation, order: orderOf(at), quantity };
      const hold = { ...of, kind: 'reserve', group: `${at}`, holdSeconds: 0 } as const;
      const name = `a reservation of ${quantity} (${life})`;
      return [
        this.decided(state, `${stock.cell} holds ${name}`, hold),
        ...endings.map((kind) =>
          this.decided(state, `${stock.cell} ${spoken[kind]} ${name}`, { ...of, kind }),
        ),
      ];
    });
  }

  private asks(state: CellState): CellMove[] {
    const { cell: from } = state.stock;
    if (this.scope.asks === 'beforehand') return [];
    return this.scope.cells
      .filter((to) => to !== from)
      .flatMap((to) => {
        const { applied: acked } = channelOf(state.stock, thePool, to);
        const most = Math.min(this.scope.units, this.scope.levelMax - acked);
        return Array.from({ length: Math.max(0, most) }, (_, at) => {
          const level = acked + at + 1;
          const text = `${from} asks ${to} to have given ${level} in all`;
          return this.move(text, state, { kind: 'ask', from, to, level, acked });
        });
      });
  }

  private grant(state: CellState, ask: Message & { kind: 'ask' }, ceiling: number): CellMove {
    const { from: peer, to: from, level, acked } = ask;
    const command = { kind: 'grant', pool: thePool, peer, level, ceiling, acked } as const;
    const { granted } = channelOf(state.stock, thePool, peer);
    const decision = attempt(state.stock, command);
    const text = `${from} hears an ask of ${peer} for ${level} in all`;
    if (typeof decision === 'string') return this.broken(state, text, decision);
    const { stock, verdict } = decision;
    const units = this.searched.senses.units ? verdict.total - granted : 0;
    const answer = {
      kind: 'grant',
      from,
      to: peer,
      pool: thePool,
      total: verdict.total,
      units,
    } as const;
    const told = `${text} and gives ${verdict.total - granted}, ${verdict.total} so far`;
    const after = { ...state, hand: verdict.total === 0 ? undefined : answer };
    return this.commit(after, stock, told, verdict);
  }

  private handMoves(state: CellState): CellMove[] {
    const { hand, stock } = state;
    if (hand?.kind !== 'grant') return [];
    const empty = { ...state, hand: undefined };
    const crash = this.move(`${stock.cell} crashes; what was in memory is lost`, empty);
    if (hand.from === stock.cell) {
      const text = `${hand.from} sends to ${hand.to}: ${hand.total} given so far`;
      return [this.move(text, empty, hand), crash];
    }
    const { protocol } = this.searched;
    const world = this.worldOf(state);
    const dying = { ...world, dying: new Set([stock.cell]) };
    const text = `${stock.cell} takes in what ${hand.from} gave`;
    return [
      this.commit(empty, stockIn(protocol.deliver(world, hand), state), text),
      this.commit(
        empty,
        stockIn(protocol.deliver(dying, hand), state),
        `${text} and crashes after its first commit`,
      ),
      crash,
    ];
  }

  private report(state: CellState): CellMove[] {
    if (!this.searched.senses.reports) return [];
    const report = state.stock.pools.get(thePool)?.balances.FREE ?? 0;
    return [this.move(`${state.stock.cell} reports ${report} free`, { ...state, report })];
  }

  private failOver(state: CellState): CellMove[] {
    if (!this.searched.senses.past) return [];
    const { cell } = state.stock;
    const after = this.searched.protocol.failOver(this.worldOf(state), cell, 1);
    const text = `${cell} fails over to a standby that lacks the last commit`;
    return [this.commit({ ...state, hand: undefined }, stockIn(after, state), text)];
  }

  private decided(state: CellState, text: string, command: Command): CellMove {
    const decision = attempt(state.stock, command);
    if (typeof decision === 'string') return this.broken(state, text, decision);
    return this.commit(state, decision.stock, text, decision.verdict);
  }

  private broken(state: CellState, text: string, reason: string): CellMove {
    return { ...this.move(text, state), breaches: [`${state.stock.cell}: ${reason}`] };
  }

  private commit(state: CellState, stock: CellStock, text: string, verdict?: Verdict): CellMove {
    const breaches = findCommitBreaches(state.stock, stock, verdict?.outcome);
    if (this.states.isSameStock(state.stock, stock)) {
      return { ...this.move(text, state), breaches };
    }
    const past = this.searched.senses.past ? state.stock : undefined;
    return { ...this.move(text, { ...state, stock, past }), breaches };
  }

  private move(text: string, state: CellState, sends?: Message): CellMove {
    const to = this.states.number(state);
    return { text, to, breaches: [], ...(sends !== undefined && { sends }) };
  }
}

function stockIn(world: World, { stock }: CellState): CellStock {
  const found = world.cells.get(stock.cell);
  if (found === undefined) throw new RangeError(`the protocol dropped ${stock.cell}`);
  return found;
}

const nextAndLast = (told: number, most: number): number[] =>
  [told + 1, told].filter((number) => number > 0 && number <= most);

/** Every command in every state gets a verdict; where the reducer has none, what it says instead is the finding. */
function attempt(stock: CellStock, command: Command): ReturnType<typeof decide> | string {
  try {
    return decide(stock, command, noContext);
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}
