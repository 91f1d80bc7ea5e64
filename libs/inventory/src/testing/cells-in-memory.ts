import { SystemClock, type CellId } from '@entrepot/kernel';
import { AskAhead } from '../application/ask-ahead.ts';
import { AvailabilityBoard } from '../application/availability-board.ts';
import { FixedAdvice, type BorrowAdvice } from '../application/borrow-advice.ts';
import { BorrowDesk } from '../application/borrow-desk.ts';
import { BorrowTraffic } from '../application/borrow-traffic.ts';
import { BorrowTurns } from '../application/borrow-turns.ts';
import { DemandBook } from '../application/demand-book.ts';
import { DemandCounts, type PoolDemand } from '../application/demand-counts.ts';
import { ForwardBorrow } from '../application/forward-borrow.ts';
import { GrantStock } from '../application/grant-stock.ts';
import {
  PeerInventory,
  type AppliedTotals,
  type BorrowAsk,
  type BorrowReply,
} from '../application/peer-inventory.ts';
import { PlannedAdvice } from '../application/planned-advice.ts';
import { PoolViews } from '../application/pool-views.ts';
import { RecallDeficit } from '../application/recall-deficit.ts';
import { RefusalRegister } from '../application/refusal-register.ts';
import { ReserveLines } from '../application/reserve-lines.ts';
import { SoldOut } from '../application/sold-out.ts';
import { StockLanes } from '../application/stock-lanes.ts';
import { StockLedger, type LedgerAnswer } from '../application/stock-ledger.ts';
import { StockMap } from '../application/stock-map.ts';
import { StockOutlook } from '../application/stock-outlook.ts';
import {
  StockStore,
  type CellStanding,
  type FreeUnits,
  type OpenChannel,
  type OwingPool,
  type PoolStanding,
  type Refusal,
} from '../application/stock-store.ts';
import { TellDemand } from '../application/tell-demand.ts';
import { steadySeconds } from '../application/steady-seconds.ts';
import { emptyStock, positionOf, type CellStock } from '../domain/cell-stock.ts';
import type { Command } from '../domain/commands.ts';
import { decideBatch } from '../domain/escrow.ts';
import { byPoolId, type PoolId, type PoolPosition } from '../domain/pool.ts';
import { defaultSettings } from '../domain/rebalance-plan.ts';
import type { Reservation, ReservationId } from '../domain/reservation.ts';

/** The books of a cell as the reducer keeps them. */
export class LedgerInMemory extends StockLedger {
  stock: CellStock;
  calls = 0;

  constructor(cell: CellId) {
    super();
    this.stock = emptyStock(cell);
  }

  apply(commands: readonly Command[]): Promise<LedgerAnswer> {
    this.calls += 1;
    const { stock, verdicts } = decideBatch(this.stock, commands, Date.now());
    this.stock = stock;
    const told = commands.filter(({ kind }, at) => {
      const outcome = verdicts[at]?.outcome;
      return kind === 'grant' || outcome === 'SHORT' || outcome === 'DEFERRED';
    });
    const positions = new Map(told.map(({ pool }) => [pool, positionOf(stock, pool)]));
    return Promise.resolve({ verdicts, positions });
  }
}

export class StoreInMemory extends StockStore {
  constructor(
    private readonly ledger: LedgerInMemory,
    private readonly refusals: Refusal[],
  ) {
    super();
  }

  findFree(pools: readonly PoolId[]): Promise<FreeUnits[]> {
    const { stock } = this.ledger;
    const known = pools.filter((pool) => stock.pools.has(pool));
    return Promise.resolve(known.map((pool) => ({ pool, free: positionOf(stock, pool).free })));
  }

  findPositions(pools: readonly PoolId[]): Promise<PoolPosition[]> {
    const { stock } = this.ledger;
    const known = pools.filter((pool) => stock.pools.has(pool));
    return Promise.resolve(known.map((pool) => positionOf(stock, pool)));
  }

  findReservations(ids: readonly ReservationId[]): Promise<Reservation[]> {
    const { reservations } = this.ledger.stock;
    return Promise.resolve(ids.flatMap((id) => reservations.get(id) ?? []));
  }

  findDue(): Promise<never[]> {
    return Promise.resolve([]);
  }

  findUnacknowledged(): Promise<OpenChannel[]> {
    return Promise.resolve([]);
  }

  findStandings(pools: readonly PoolId[]): Promise<PoolStanding[]> {
    const { stock } = this.ledger;
    const known = pools.flatMap((pool) => {
      const books = stock.pools.get(pool);
      return books === undefined ? [] : [{ pool, books }];
    });
    return Promise.resolve(
      known.map(({ pool, books: { balances, channels } }) => ({
        ...{ pool, free: balances.FREE },
        applied: new Map([...channels].map(([peer, { applied }]) => [peer, applied])),
      })),
    );
  }

  findOwing(after: PoolId | undefined, limit: number): Promise<OwingPool[]> {
    const owing = [...this.ledger.stock.pools]
      .filter(([pool, { balances }]) => balances.DEFICIT > 0 && pool > (after ?? ''))
      .toSorted(([left], [right]) => byPoolId(left, right))
      .map(([pool, { balances, channels }]) => ({
        ...{ pool, owed: balances.DEFICIT },
        applied: new Map([...channels].map(([peer, { applied }]) => [peer, applied])),
      }));
    return Promise.resolve(owing.slice(0, limit));
  }

  async sumOwed(): Promise<number> {
    const owing = await this.findOwing(undefined, Number.POSITIVE_INFINITY);
    return owing.reduce((sum, { owed }) => sum + owed, 0);
  }

  findEpoch(): Promise<number> {
    return Promise.resolve(1);
  }

  findStanding(): Promise<CellStanding> {
    const { state, epoch } = this.ledger.stock;
    return Promise.resolve({ state, epoch });
  }

  appendRefusals(refusals: readonly Refusal[]): Promise<void> {
    this.refusals.push(...refusals);
    return Promise.resolve();
  }
}

class NeighboursInMemory extends PeerInventory {
  calls = 0;

  constructor(
    private readonly own: CellId,
    private readonly cells: ReadonlyMap<CellId, CellInMemory>,
  ) {
    super();
  }

  borrow(peer: CellId, asks: readonly BorrowAsk[]): Promise<BorrowReply> {
    this.calls += 1;
    const cell = this.cells.get(peer);
    if (cell === undefined) throw new RangeError(`there is no cell ${peer}`);
    return cell.grantStock.execute(this.own, asks);
  }

  exchangeTotals(): Promise<AppliedTotals> {
    return Promise.reject(new TypeError('cells in memory lose nothing that had to be repeated'));
  }
}

export interface CellInMemory {
  readonly ledger: LedgerInMemory;
  readonly lanes: StockLanes;
  readonly reserveLines: ReserveLines;
  readonly grantStock: GrantStock;
  readonly recallDeficit: RecallDeficit;
  readonly tellDemand: TellDemand;
  readonly askAhead: AskAhead;
  readonly refusals: readonly Refusal[];
  /** Exchanges with other cells that this one began. */
  readonly exchanges: () => number;
}

/**
 * Cells of one process each, with the use cases as they are and nothing but memory below them.
 * @param advice `planned`: by demand, as border processes do where rebalancing is on.
 */
export function openCellsInMemory(
  directory: ConstructorParameters<typeof StockMap>[0],
  advice: BorrowAdvice | 'planned' = new FixedAdvice(),
): ReadonlyMap<CellId, CellInMemory> {
  const cells = new Map<CellId, CellInMemory>();
  for (const { id } of directory.cells) {
    const map = new StockMap(directory, id);
    const ledger = new LedgerInMemory(id);
    const refusals: Refusal[] = [];
    const store = new StoreInMemory(ledger, refusals);
    const board = new AvailabilityBoard();
    const lanes = new StockLanes([ledger], board);
    const traffic = new BorrowTraffic();
    const neighbours = new NeighboursInMemory(id, cells);
    const turns = new BorrowTurns();
    const demand = new DemandBook();
    const counts = new DemandCounts();
    const views = new PoolViews(id, map.peers, demand);
    const planned = new PlannedAdvice(views, defaultSettings);
    const followed = advice === 'planned' ? planned : advice;
    const forward = new ForwardBorrow(map, neighbours, traffic, turns, followed);
    const border = {
      borrow: (peer: CellId, asks: readonly BorrowAsk[]) => forward.execute(peer, asks),
      exchangeTotals: () => neighbours.exchangeTotals(),
    };
    const desk = new BorrowDesk(map, lanes, border, advice === 'planned');
    const outlook = new StockOutlook(map, store, counts);
    const planning = { demand, views, advice: planned, turns };
    const hear = (demands: readonly PoolDemand[]) => {
      demand.hear(demands, steadySeconds());
      return Promise.resolve();
    };
    const soldOut = new SoldOut(map, store, lanes, desk);
    const register = new RefusalRegister(store, board, soldOut);
    cells.set(id, {
      ledger,
      lanes,
      refusals,
      reserveLines: new ReserveLines(outlook, lanes, desk, register, new SystemClock()),
      grantStock: new GrantStock(map, store, lanes, traffic, followed),
      recallDeficit: new RecallDeficit(map, store, neighbours, lanes),
      tellDemand: new TellDemand(counts, { hear }),
      askAhead: new AskAhead(map, store, lanes, neighbours, planning),
      exchanges: () => neighbours.calls,
    });
  }
  return cells;
}
