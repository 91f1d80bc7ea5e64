import { cpus, totalmem } from 'node:os';
import type { CellId } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import { measureHotSku } from '@entrepot/inventory/testing';
import {
  allListPaths,
  anyDetailPath,
  anyTwoSkus,
  benchmarkProducts,
  detailPath,
  oneOf,
} from './benchmark-catalog.ts';
import { CheckoutShoppers } from './checkout-load.ts';
import type { Figure, Round } from './figure.ts';
import { figureOf, median } from './figure.ts';
import type { HttpLoad } from './http-load.ts';
import { loadFor, loadTimes, measureHttp } from './http-load.ts';
import type { ProcessMemory } from './process-memory.ts';
import { memoryOfTree } from './process-memory.ts';
import type { OrderCost } from './shop-counters.ts';
import { costBetween, ShopCounters } from './shop-counters.ts';
import { TrivialRoute } from './trivial-route.ts';

export const connections = 32;
export const roundsPerFigure = 3;
const hotSkuInFlight = 1_024;

/** Asked with this header, an API process that is not in production answers without its caches. */
const bypass = { 'entrepot-cache': 'bypass' };

/** The cell that is measured, in a stack where nobody else is at work. */
export interface MeasuredCell {
  readonly cell: CellId;
  /** Its API on the loopback address. */
  readonly url: string;
  readonly country: string;
  /** Whether the provider approves every card at once; otherwise it sends every other shopper to its page. */
  readonly approveAtOnce: (isOn: boolean) => Promise<void>;
  /** Logins of its shop database. */
  readonly shopUrl: (role: 'shop_audit' | 'shop_worker' | 'shop_owner') => string;
  readonly supervisorPid: number;
}

export interface SmokeReport {
  readonly measuredAt: string;
  readonly machine: string;
  readonly cell: string;
  readonly secondsPerRound: number;
  readonly figures: readonly Figure[];
  /** What could not be measured, and why. */
  readonly omitted: readonly string[];
  readonly waits: Readonly<Record<string, number>>;
  readonly orderCost: OrderCost;
  readonly memory: ProcessMemory;
}

/** Measures one cell of a running stack; prints nothing and judges nothing. */
export class SmokeBench {
  private readonly figures: Figure[] = [];
  private readonly omitted: string[] = ['start and restart times: the stack does not record them'];

  constructor(
    private readonly target: MeasuredCell,
    private readonly seconds: number,
    private readonly onStage: (stage: string) => void,
  ) {}

  async run(): Promise<SmokeReport> {
    const route = await TrivialRoute.start();
    try {
      await this.measureReads(route);
      const { waits, orderCost } = await this.measureCheckouts(route);
      const memory = memoryOfTree(this.target.supervisorPid);
      await this.measureHotSku();
      const [cpu] = cpus();
      return {
        measuredAt: new Date().toISOString(),
        machine: `${cpus().length} × ${cpu?.model ?? 'CPU'}, ${gibibytes(totalmem())} GiB`,
        cell: this.target.cell,
        secondsPerRound: this.seconds,
        figures: this.figures,
        omitted: this.omitted,
        waits,
        orderCost,
        memory,
      };
    } finally {
      await route.stop();
    }
  }

  private async measureReads(route: TrivialRoute): Promise<void> {
    const { url } = this.target;
    this.onStage('walking the product lists');
    const pages = await allListPaths(url);
    this.onStage('warming the product details');
    let next = 0;
    const nextPath = (): string => detailPath(next++ % benchmarkProducts);
    const warming = await loadTimes(benchmarkProducts, { url, connections, nextPath });
    if (Object.keys(warming.failures).length > 0) {
      this.omitted.push(`while warming: ${JSON.stringify(warming.failures)}`);
    }
    await this.measureRead(route, 'product list', () => oneOf(pages));
    await this.measureRead(route, 'product detail', anyDetailPath);
  }

  private async measureRead(
    route: TrivialRoute,
    name: string,
    nextPath: () => string,
  ): Promise<void> {
    const { seconds } = this;
    const load: HttpLoad = { url: this.target.url, connections, nextPath };
    const bytes = await bodyBytes(`${load.url}${nextPath()}`);
    this.onStage(`${name}: baseline`);
    const extent = { rounds: roundsPerFigure, seconds, connections };
    const baseline = await route.measure(bytes, extent);
    this.onStage(`${name}: cached`);
    this.add(`${name}, cached`, await measureHttp(load, extent), baseline);
    if (!(await offersBypass(load))) {
      this.omitted.push(`${name}, cache bypassed: this stack does not offer it`);
      return;
    }
    this.onStage(`${name}: cache bypassed`);
    const past = { ...load, headers: bypass };
    await loadFor(1, past);
    this.add(`${name}, cache bypassed`, await measureHttp(past, extent), baseline);
  }

  /** With cards approved at once, which is how other shops are measured; then as the sandbox does. */
  private async measureCheckouts(route: TrivialRoute) {
    const { approveAtOnce } = this.target;
    await approveAtOnce(true);
    try {
      await this.measureCheckout(route, 'accounts');
      await this.measureCheckout(route, 'guests');
    } finally {
      await approveAtOnce(false);
    }
    return this.measureCheckout(route, 'accounts', 'checkout, half by the provider’s page');
  }

  private async measureCheckout(
    route: TrivialRoute,
    who: 'accounts' | 'guests',
    name = `checkout by ${who}`,
  ): Promise<{ waits: Readonly<Record<string, number>>; orderCost: OrderCost }> {
    const { url, country, shopUrl } = this.target;
    const shoppers = new CheckoutShoppers({
      url,
      country,
      shoppers: connections,
      who,
      nextSkus: () => anyTwoSkus(),
    });
    const counters = new ShopCounters(shopUrl('shop_audit'));
    try {
      this.onStage(name);
      await shoppers.shopFor(2);
      const before = await counters.count();
      const rounds: Round[] = [];
      for (let n = 0; n < roundsPerFigure; n += 1)
        rounds.push(await shoppers.shopFor(this.seconds));
      const orderCost = costBetween(before, await counters.count());
      this.onStage('checkout: baseline');
      const { seconds } = this;
      const extent = { rounds: roundsPerFigure, seconds, connections };
      const baseline = await route.measure(shoppers.answerBytes, extent);
      this.add(`${name}, orders`, rounds, baseline);
      return { waits: shoppers.waits, orderCost };
    } finally {
      await counters.close();
      await shoppers.close();
    }
  }

  private async measureHotSku(): Promise<void> {
    const { cell, shopUrl } = this.target;
    const open = (role: 'shop_worker' | 'shop_owner'): ShopDatabase =>
      new ShopDatabase({ url: shopUrl(role), connectionsMax: 8, applicationName: 'bench' });
    const [shop, owner] = [open('shop_worker'), open('shop_owner')];
    const rounds: Round[] = [];
    const singleRow: number[] = [];
    try {
      for (let n = 0; n < roundsPerFigure; n += 1) {
        this.onStage(`hot SKU, round ${n + 1}`);
        const options = { cell, seconds: this.seconds, inFlight: hotSkuInFlight };
        const { reservationsPerSecond, singleRowPerSecond, p50Ms, p99Ms } = await measureHotSku(
          shop,
          owner,
          options,
        );
        rounds.push({ perSecond: reservationsPerSecond, p50Ms, p99Ms, failures: {} });
        singleRow.push(singleRowPerSecond);
      }
    } finally {
      await Promise.all([shop.close(), owner.close()]);
    }
    const baseline = { name: 'UPDATE of one row', perSecond: median(singleRow) };
    this.add('hot SKU, reservations', rounds, baseline);
  }

  private add(
    name: string,
    rounds: readonly Round[],
    baseline: { readonly name: string; readonly perSecond: number },
  ): void {
    this.figures.push(figureOf(name, rounds, baseline));
  }
}

async function bodyBytes(url: string): Promise<number> {
  return (await (await fetch(url)).arrayBuffer()).byteLength;
}

/** A process that bypasses says so in its answer. */
async function offersBypass({ url, nextPath }: HttpLoad): Promise<boolean> {
  const response = await fetch(`${url}${nextPath()}`, { headers: bypass });
  await response.body?.cancel();
  return response.headers.get('entrepot-cache') === 'bypassed';
}

const gibibytes = (bytes: number): number => Math.round(bytes / 2 ** 30);
