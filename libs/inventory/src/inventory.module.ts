import { Module, type DynamicModule } from '@nestjs/common';
import type { CellId } from '@entrepot/kernel';
import type { CellDirectory } from '@entrepot/platform-config';
import { ShopDatabase } from '@entrepot/platform-database';
import { BorderClient } from '@entrepot/platform-http';
import { BorderDemandListener } from './adapters/border-demand-listener.ts';
import { Log, Metrics } from '@entrepot/platform-telemetry';
import { AvailabilityMetrics } from './adapters/availability-metrics.ts';
import { BorderPeerInventory } from './adapters/http-peer-inventory.ts';
import { ReserveMetrics } from './adapters/reserve-metrics.ts';
import { AvailabilityStreamController } from './api/availability-stream.controller.ts';
import { AvailabilityController } from './api/availability.controller.ts';
import { bandStreamLimits, BandStreams, type BandStreamLimits } from './api/band-streams.ts';
import { StockDocumentsController } from './api/stock-documents.controller.ts';
import { StockPoolsController } from './api/stock-pools.controller.ts';
import { StockRecoveryController } from './api/stock-recovery.controller.ts';
import { ConfirmReservations, ReleaseReservations } from './application/advance-reservations.ts';
import { AvailabilityBoard } from './application/availability-board.ts';
import { BuyCanary } from './application/canary/buy-canary.ts';
import { ExpireHolds } from './application/expire-holds.ts';
import { ReadAvailability } from './application/read-availability.ts';
import { ReceiveStock } from './application/receive-stock.ts';
import { DecideCase } from './application/recovery/decide-case.ts';
import { DeclareLost } from './application/recovery/declare-lost.ts';
import { LostCells } from './application/recovery/lost-cells.ts';
import { RecoveryCases } from './application/recovery/recovery-cases.ts';
import { ReserveLines } from './application/reserve-lines.ts';
import { SeedStock } from './application/seed-stock.ts';
import { StockMap } from './application/stock-map.ts';
import { StockStore } from './application/stock-store.ts';
import { TellDemand } from './application/tell-demand.ts';
import { CarryOutAct } from './application/warehouse/carry-out-act.ts';
import { ListActs } from './application/warehouse/list-acts.ts';
import { ReadPools } from './application/warehouse/read-pools.ts';
import { WarehouseBooks } from './application/warehouse/warehouse-books.ts';
import { openInventory, type Inventory, type StockWatch } from './inventory.ts';

/** The stock of this process; the token under which the other providers find it. */
class ProcessInventory {
  constructor(
    readonly inventory: Inventory,
    readonly availability: AvailabilityMetrics,
  ) {}
}

const useCase = <Name extends keyof Inventory>(provide: unknown, name: Name) => ({
  provide: provide as abstract new () => Inventory[Name],
  useFactory: ({ inventory }: ProcessInventory) => inventory[name],
  inject: [ProcessInventory],
});

const useCases = [
  useCase(ReserveLines, 'reserveLines'),
  useCase(ConfirmReservations, 'confirmReservations'),
  useCase(ReleaseReservations, 'releaseReservations'),
  useCase(ExpireHolds, 'expireHolds'),
  useCase(BuyCanary, 'buyCanary'),
  useCase(ReadAvailability, 'readAvailability'),
  useCase(ReceiveStock, 'receiveStock'),
  useCase(SeedStock, 'seedStock'),
  useCase(StockMap, 'map'),
  useCase(StockStore, 'store'),
];

/** What only the warehouse's own routes need. */
const warehouseParts = [
  useCase(AvailabilityBoard, 'board'),
  useCase(WarehouseBooks, 'warehouseBooks'),
  CarryOutAct,
  ReadPools,
  ListActs,
];

/** What only the routes of recovery need. */
const recoveryParts = [
  useCase(LostCells, 'lostCells'),
  useCase(RecoveryCases, 'recoveryCases'),
  DeclareLost,
  DecideCase,
];

/** Stock for the API and worker processes. Needs, provided globally: ShopDatabase, BorderClient, Metrics and Log. */
@Module({})
export class InventoryModule {
  static forCell(options: {
    readonly cell: CellId;
    readonly directory: Pick<CellDirectory, 'cells'>;
    readonly lanes?: number;
    /** Tells the border process what is asked for, where it plans with it. */
    readonly tellsDemand?: boolean;
    readonly streams?: BandStreamLimits;
  }): DynamicModule {
    const toldFrom = options.tellsDemand === true ? [useCase(TellDemand, 'tellDemand')] : [];
    return {
      module: InventoryModule,
      controllers: [
        AvailabilityController,
        AvailabilityStreamController,
        StockDocumentsController,
        StockPoolsController,
        StockRecoveryController,
      ],
      providers: [
        {
          provide: ProcessInventory,
          useFactory: (shop: ShopDatabase, border: BorderClient, metrics: Metrics, log: Log) => {
            const peers = new BorderPeerInventory(border);
            const reserves = new ReserveMetrics(metrics);
            const availability = new AvailabilityMetrics(metrics, log);
            const watch: StockWatch = {
              waited: (seconds) => reserves.waited(seconds),
              settled: (result) => reserves.settled(result),
              looked: (outcome, error) => availability.looked(outcome, error),
            };
            const opened = { ...options, shop, peers, watch };
            if (options.tellsDemand !== true) {
              return new ProcessInventory(openInventory(opened), availability);
            }
            const demandListener = new BorderDemandListener(border);
            const inventory = openInventory({ ...opened, rebalancing: true, demandListener });
            return new ProcessInventory(inventory, availability);
          },
          inject: [ShopDatabase, BorderClient, Metrics, Log],
        },
        {
          provide: BandStreams,
          useFactory: ({ inventory, availability }: ProcessInventory) => {
            const { bandFeed } = inventory;
            const limits = options.streams ?? bandStreamLimits;
            const streams = new BandStreams(bandFeed, limits, (end) => availability.ended(end));
            availability.watch(streams, bandFeed);
            return streams;
          },
          inject: [ProcessInventory],
        },
        ...useCases,
        ...toldFrom,
        ...warehouseParts,
        ...recoveryParts,
      ],
      exports: [...useCases, ...toldFrom].map(({ provide }) => provide),
    };
  }
}
