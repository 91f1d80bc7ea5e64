import { SystemClock, type CellId, type Clock } from '@entrepot/kernel';
import type { CellDirectory } from '@entrepot/platform-config';
import type { ShopDatabase } from '@entrepot/platform-database';
import { PgLostCells } from './adapters/pg-lost-cells.ts';
import { PgPeerPulse } from './adapters/pg-peer-pulse.ts';
import { PgRecoveryBooks } from './adapters/pg-recovery-books.ts';
import { PgRecoveryCases } from './adapters/pg-recovery-cases.ts';
import { PgStockHints } from './adapters/pg-stock-hints.ts';
import { PgStockLedger } from './adapters/pg-stock-ledger.ts';
import { PgStockStore } from './adapters/pg-stock-store.ts';
import { PgWarehouseBooks } from './adapters/pg-warehouse-books.ts';
import { ConfirmReservations, ReleaseReservations } from './application/advance-reservations.ts';
import { ApplyGrants } from './application/apply-grants.ts';
import { AskAhead } from './application/ask-ahead.ts';
import { AvailabilityBoard } from './application/availability-board.ts';
import { BandFeed, type BandFeedOptions } from './application/band-feed.ts';
import { FixedAdvice } from './application/borrow-advice.ts';
import { BorrowDesk } from './application/borrow-desk.ts';
import { BorrowTraffic } from './application/borrow-traffic.ts';
import { BorrowTurns } from './application/borrow-turns.ts';
import { BuyCanary } from './application/canary/buy-canary.ts';
import { DemandBook } from './application/demand-book.ts';
import { DemandCounts } from './application/demand-counts.ts';
import { ExpireHolds } from './application/expire-holds.ts';
import { ForwardBorrow } from './application/forward-borrow.ts';
import { GrantStock } from './application/grant-stock.ts';
import type { PeerInventory } from './application/peer-inventory.ts';
import { PlannedAdvice } from './application/planned-advice.ts';
import { PoolViews } from './application/pool-views.ts';
import { ReadAvailability } from './application/read-availability.ts';
import { RecallDeficit } from './application/recall-deficit.ts';
import { ReceiveStock } from './application/receive-stock.ts';
import { ReconcileChannels } from './application/reconcile-channels.ts';
import { DoubtingLedger } from './application/recovery/doubting-ledger.ts';
import { RefusalRegister } from './application/refusal-register.ts';
import { ReserveLines, type ReserveLinesResult } from './application/reserve-lines.ts';
import { SeedStock } from './application/seed-stock.ts';
import { SoldOut } from './application/sold-out.ts';
import { StockLanes } from './application/stock-lanes.ts';
import { StockMap } from './application/stock-map.ts';
import { StockOutlook } from './application/stock-outlook.ts';
import { TellDemand, type DemandListener } from './application/tell-demand.ts';
import { defaultSettings } from './domain/rebalance-plan.ts';
import { TimedBorrowDesk, WatchedReserve } from './application/watched-reserve.ts';

export interface InventoryOptions {
  readonly cell: CellId;
  readonly directory: Pick<CellDirectory, 'cells'>;
  readonly shop: ShopDatabase;
  /** In the border process the other cells themselves, elsewhere the border process. */
  readonly peers: PeerInventory;
  /** Connections that write stock from this process. */
  readonly lanes?: number;
  readonly clock?: Clock;
  /**
   * How many units to ask for and to give is planned by demand, which cells then tell each other; without
   * it, by fixed parts of what is needed and free.
   */
  readonly rebalancing?: boolean;
  /** Where a process that takes orders tells what it was asked for. */
  readonly demandListener?: DemandListener;
  readonly watch?: StockWatch;
}

/** Who counts what happens in the process; by default nobody does. */
export interface StockWatch {
  /** An order waited so long for other cells. */
  readonly waited: (seconds: number) => void;
  readonly settled: (result: ReserveLinesResult) => void;
  readonly looked: NonNullable<BandFeedOptions['onLook']>;
}

const nobody: StockWatch = {
  waited: () => undefined,
  settled: () => undefined,
  looked: () => undefined,
};

/** The use cases of one process over its own lanes. The connections close with the database. */
export function openInventory(options: InventoryOptions) {
  const { cell, directory, shop, peers, lanes: laneCount = 1, clock = new SystemClock() } = options;
  const { rebalancing = false, demandListener, watch = nobody } = options;
  const map = new StockMap(directory, cell);
  const store = new PgStockStore(shop);
  const hints = new PgStockHints(shop);
  const pulse = new PgPeerPulse(shop, map.peers, clock);
  const board = new AvailabilityBoard();
  const ledgers = Array.from(
    { length: laneCount },
    () => new DoubtingLedger(new PgStockLedger(shop.dedicated(), cell), new PgRecoveryBooks(shop)),
  );
  const lanes = new StockLanes(ledgers, board);
  const traffic = new BorrowTraffic();
  const turns = new BorrowTurns();
  const demand = new DemandBook();
  const views = new PoolViews(cell, map.peers, demand);
  const planned = new PlannedAdvice(views, defaultSettings);
  const advice = rebalancing ? planned : new FixedAdvice();
  const counts = new DemandCounts();
  const desk = new TimedBorrowDesk(watch.waited, map, lanes, peers, rebalancing);
  const outlook = new StockOutlook(map, store, demandListener && counts);
  const refusals = new RefusalRegister(store, board, new SoldOut(map, store, lanes, desk));
  const receiveStock = new ReceiveStock(map, lanes);
  const watched = { board, onSettled: watch.settled };
  const confirm = new ConfirmReservations(lanes);
  const release = new ReleaseReservations(lanes);
  // counted nowhere among what shoppers ask for
  const unwatched = new BorrowDesk(map, lanes, peers, rebalancing);
  const asked = new StockOutlook(map, store);
  const reserve = new ReserveLines(asked, lanes, unwatched, refusals, clock);
  const canaryShop = { reserve, confirm, release, receive: receiveStock };
  return {
    map,
    store,
    lanes,
    board,
    hints,
    warehouseBooks: new PgWarehouseBooks(shop, cell),
    lostCells: new PgLostCells(shop),
    recoveryCases: new PgRecoveryCases(shop),
    reserveLines: new WatchedReserve(watched, outlook, lanes, desk, refusals, clock),
    confirmReservations: confirm,
    releaseReservations: release,
    buyCanary: new BuyCanary(map, canaryWarehousesOf(directory), store, canaryShop, clock),
    expireHolds: new ExpireHolds(store, lanes),
    readAvailability: new ReadAvailability(map, hints, pulse, board),
    bandFeed: new BandFeed(map, hints, { onLook: watch.looked }),
    receiveStock,
    seedStock: new SeedStock(receiveStock, lanes),
    grantStock: new GrantStock(map, store, lanes, traffic, advice),
    forwardBorrow: new ForwardBorrow(map, peers, traffic, turns, advice),
    demand: rebalancing ? demand : undefined,
    tellDemand: demandListener && new TellDemand(counts, demandListener),
    askAhead: new AskAhead(map, store, lanes, peers, { demand, views, advice: planned, turns }),
    applyGrants: new ApplyGrants(map),
    recallDeficit: new RecallDeficit(map, store, peers, lanes),
    reconcileChannels: new ReconcileChannels(store, peers, lanes),
  };
}

/** Each cell keeps its canary in its first warehouse. */
const canaryWarehousesOf = ({
  cells,
}: InventoryOptions['directory']): ReadonlyMap<CellId, string> =>
  new Map(
    cells.flatMap(({ id, warehouses: [first] }) =>
      first === undefined ? [] : [[id, first.id] as const],
    ),
  );

export type Inventory = ReturnType<typeof openInventory>;
