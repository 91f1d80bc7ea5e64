import { EntrepotClient } from '@entrepot/client';
import { nodeFetch } from '@entrepot/client/node';
import type { PinnedHome } from '@entrepot/client';
import { CellDirectory } from '@entrepot/platform-config';
import type { BoughtOrder } from './buy.ts';
import { Purchase } from './buy.ts';
import type { CellBooks } from './cell-books.ts';
import { Chaos } from './chaos.ts';
import type { ChaosKind, FaultInjector } from './chaos.ts';
import { History } from './history.ts';
import { Latencies } from './latencies.ts';
import { loadStock } from './load-stock.ts';
import { readOnlineRetail } from './online-retail.ts';
import type { RetailData, RetailOrder } from './online-retail.ts';
import { loadProducts } from './products.ts';
import type { ReplaySummary } from './report.ts';
import { summarizeOrders } from './report.ts';
import { Shoppers } from './shoppers.ts';
import { drawStockChart, StockSampler } from './stock-chart.ts';
import { planStock } from './stock-plan.ts';
import { forEachConcurrently } from './workers.ts';

export interface ReplayOrder {
  readonly dataFolder: string;
  /** Days, both included: `2010-12-01`. */
  readonly from: string;
  readonly to: string;
  readonly stockShortPercent: number;
  readonly concurrency: number;
  readonly chaos: readonly ChaosKind[];
}

/** How a replay reaches the stack it runs against. */
export interface ReplayStack {
  readonly homes: readonly PinnedHome[];
  readonly cellsFile: string;
  readonly leaderCatalogUrl: string;
  readonly workerUrlOf: (cell: string) => string;
  readonly books: readonly CellBooks[];
  readonly apiProcesses: number;
  readonly faults: FaultInjector;
  readonly historyFile: string;
}

/** Told how far a stage is. */
export type Progress = (stage: string, done: number, of: number) => void;

export interface ReplayResult {
  readonly summary: Omit<ReplaySummary, 'falseRefusals'>;
  readonly orders: readonly BoughtOrder[];
  readonly chart: string;
}

/** Hashing a password takes a core of the cell for a while; more at a time only wait longer. */
const registeringConcurrency = 4;
const firesPerKind = 10;
/** A shop's largest order takes seconds on a small machine; a client that waits less only asks twice. */
const requestTimeoutMs = 20_000;

/** Replays the orders of some days against a running stack, as the clients of its public API. */
export async function replayOnlineRetail(
  order: ReplayOrder,
  stack: ReplayStack,
  progress: Progress,
): Promise<ReplayResult> {
  const data = await readOnlineRetail(order.dataFolder, order);
  if (data.orders.length === 0) throw new RangeError('there are no orders on those days');
  const run = Date.now().toString(36);
  const node = nodeFetch(Math.max(64, order.concurrency * 2));
  const client = new EntrepotClient({
    homes: stack.homes,
    fetch: node.fetch,
    timeoutMs: requestTimeoutMs,
    retryForMs: 0,
  });
  const history = new History(stack.historyFile);
  try {
    const prepared = await prepare(order, stack, { data, run, progress });
    const shoppers = new Shoppers(client, data.orders, run);
    const registering = stopwatch();
    await shoppers.register(registeringConcurrency, (done) =>
      progress('registering shoppers', done, shoppers.count),
    );
    const register = registering();
    const visit = async (url: string): Promise<void> => {
      await node.fetch(url);
    };
    const sold = await sell(order, stack, { data, shoppers, history, visit, progress });
    return {
      orders: sold.orders,
      chart: drawStockChart(sold.sampler.series),
      summary: {
        from: order.from,
        to: order.to,
        stockShortPercent: order.stockShortPercent,
        concurrency: order.concurrency,
        chaos: sold.chaos?.matrix,
        asked: { orders: data.orders.length, units: unitsAskedFor(data.orders) },
        ...summarizeOrders(sold.orders),
        borrowsByCell: Object.fromEntries(
          stack.books.map(({ cell }) => [cell, sold.sampler.borrowsOf(cell)]),
        ),
        seconds: { ...prepared, register, sell: sold.seconds },
        latencies: sold.latencies.summary(),
      },
    };
  } finally {
    history.close();
    await node.close();
  }
}

interface Preparation {
  readonly data: RetailData;
  readonly run: string;
  readonly progress: Progress;
}

async function prepare(
  { stockShortPercent }: ReplayOrder,
  stack: ReplayStack,
  { data, run, progress }: Preparation,
): Promise<{ loadProducts: number; loadStock: number }> {
  const loading = stopwatch();
  const { products } = data;
  const { cells } = CellDirectory.fromFile(stack.cellsFile);
  const warehouses = cells.flatMap((cell) => cell.warehouses.map(({ id }) => id));
  await loadProducts(stack.leaderCatalogUrl, { products, warehouses }, (done) =>
    progress('loading products', done, products.length),
  );
  const productSeconds = loading();
  const planned = planStock(data.orders, stockShortPercent, warehouses);
  const { seconds } = await loadStock(planned, {
    cellsFile: stack.cellsFile,
    urlOf: stack.workerUrlOf,
    books: stack.books,
    name: `replay ${run}`,
  });
  return { loadProducts: productSeconds, loadStock: seconds };
}

interface Selling extends Omit<Preparation, 'run'> {
  readonly shoppers: Shoppers;
  readonly history: History;
  readonly visit: (url: string) => Promise<void>;
}

interface Sold {
  readonly orders: readonly BoughtOrder[];
  readonly sampler: StockSampler;
  readonly chaos: Chaos | undefined;
  readonly latencies: Latencies;
  readonly seconds: number;
}

async function sell(
  order: ReplayOrder,
  stack: ReplayStack,
  { data, shoppers, history, visit, progress }: Selling,
): Promise<Sold> {
  const { books, apiProcesses, faults } = stack;
  const chaos =
    order.chaos.length === 0
      ? undefined
      : new Chaos({ kinds: order.chaos, firesPerKind, apiProcesses, books, faults });
  const latencies = new Latencies();
  const sampler = new StockSampler(books);
  const tools = {
    shoppers,
    history,
    latencies,
    visit,
    onCheckout: (cell: string, change: 1 | -1) => chaos?.note(cell, change),
  };
  const orders: BoughtOrder[] = [];
  sampler.start();
  const selling = stopwatch();
  const striking = chaos?.run();
  // awaited below; a failure meanwhile must not end the process before the orders have ended
  striking?.catch(() => undefined);
  try {
    await forEachConcurrently(data.orders, order.concurrency, async (invoice, index) => {
      await chaos?.admit(index, data.orders.length);
      orders.push(await new Purchase(invoice, tools).run());
      progress('selling', orders.length, data.orders.length);
    });
  } finally {
    chaos?.stop();
    await striking;
    await sampler.stop();
  }
  return { orders, sampler, chaos, latencies, seconds: selling() };
}

const unitsAskedFor = (orders: readonly RetailOrder[]): number =>
  orders.flatMap(({ lines }) => lines).reduce((sum, { quantity }) => sum + quantity, 0);

/** Seconds since it was made. */
function stopwatch(): () => number {
  const startedAt = performance.now();
  return () => (performance.now() - startedAt) / 1_000;
}
