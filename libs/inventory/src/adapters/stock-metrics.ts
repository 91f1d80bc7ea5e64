import type { CellId } from '@entrepot/kernel';
import type { Metrics } from '@entrepot/platform-telemetry';
import type { AskResult } from '../application/heard-peers.ts';
import type { TakeCensus } from '../application/take-census.ts';
import { accounts } from '../domain/accounts.ts';

/** Upper bounds, in seconds; 0.21 is what a borrow over 130 ms may take. */
const borrowBucketsSeconds = [0.01, 0.05, 0.1, 0.15, 0.21, 0.3, 0.5, 1];

/**
 * The stock of a whole cell, as its border process counts it; no article has a label, so there are as many
 * series as accounts and peers. Reading them asks no database: the census goes on by itself.
 */
export class StockMetrics {
  private readonly borrows;
  private readonly borrowed;
  private readonly durations;

  constructor(metrics: Metrics, peers: readonly CellId[]) {
    this.borrows = metrics.counter({
      name: 'entrepot_inventory_borrows_total',
      help: 'Calls that asked another cell for units, by answer: granted, nothing or silent',
      labels: ['peer', 'outcome'],
    });
    this.borrowed = metrics.counter({
      name: 'entrepot_inventory_borrowed_units_total',
      help: 'Units that another cell gave',
      labels: ['peer'],
    });
    this.durations = metrics.histogram({
      name: 'entrepot_inventory_borrow_duration_seconds',
      help: 'How long another cell took to answer, or was waited for',
      labels: ['peer'],
      buckets: borrowBucketsSeconds,
    });
    for (const peer of peers) this.borrowed.inc({ peer }, 0);
  }

  noteAsk({ peer, outcome, units, seconds }: AskResult): void {
    this.borrows.inc({ peer, outcome });
    this.borrowed.inc({ peer }, units);
    this.durations.observe({ peer }, seconds);
  }
}

/** Shows a census; without a whole round there is nothing to show. */
export function exposeCensus(metrics: Metrics, taken: TakeCensus, peers: readonly CellId[]): void {
  metrics.gauge({
    name: 'entrepot_inventory_units',
    help: 'Units of all pools of this cell by account, as of the last census',
    labels: ['type'],
    collect: (gauge) => {
      const { census } = taken;
      for (const type of census === undefined ? [] : accounts) {
        gauge.set({ type: type.toLowerCase() }, census?.balances[type] ?? 0);
      }
      return Promise.resolve();
    },
  });
  metrics.gauge({
    name: 'entrepot_inventory_pools',
    help: 'Pools this cell has books for, as of the last census',
    collect: (gauge) => {
      if (taken.census !== undefined) gauge.set(taken.census.pools);
      return Promise.resolve();
    },
  });
  metrics.gauge({
    name: 'entrepot_inventory_census_age_seconds',
    help: 'Since the last whole census began',
    collect: (gauge) => {
      const { census } = taken;
      if (census !== undefined) gauge.set((performance.now() - census.begunAt) / 1_000);
      return Promise.resolve();
    },
  });
  exposeInTransit(metrics, taken, peers);
}

function exposeInTransit(metrics: Metrics, taken: TakeCensus, peers: readonly CellId[]): void {
  const openTo = (peer: CellId) => taken.inTransit.find((open) => open.peer === peer);
  metrics.gauge({
    name: 'entrepot_inventory_in_transit_units',
    help: 'Units given to another cell that it has not said it took in',
    labels: ['peer'],
    collect: (gauge) => {
      for (const peer of peers) gauge.set({ peer }, openTo(peer)?.units ?? 0);
      return Promise.resolve();
    },
  });
  metrics.gauge({
    name: 'entrepot_inventory_in_transit_oldest_seconds',
    help: 'Since the oldest channel with such units last changed; 0 where there is none',
    labels: ['peer'],
    collect: (gauge) => {
      for (const peer of peers) gauge.set({ peer }, openTo(peer)?.oldestSeconds ?? 0);
      return Promise.resolve();
    },
  });
}
