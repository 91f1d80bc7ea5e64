import { openingSplit } from '@entrepot/inventory';
import type { CellId } from '@entrepot/kernel';
import { planStock, readOnlineRetail, type RetailOrder } from '@entrepot/replay';
import { Market, type Wish } from './market.ts';
import { borrowOnly, failThenBorrow, planned, staticSplit, type StockPolicy } from './policies.ts';

const india = 'in-1' as CellId;
const europe = 'eu-1' as CellId;
const cells: readonly [CellId, CellId] = [india, europe];
const homes = { blr: india, rtm: europe } as const;

export interface RetailOutcome {
  readonly name: string;
  /** Of the order lines. */
  readonly falsePercent: number;
  readonly waitedPercent: number;
  readonly waitedInVainPercent: number;
  /** Per 1,000 lines that were sold. */
  readonly messagesPerThousand: number;
}

export interface RetailComparison {
  readonly orders: number;
  readonly lines: number;
  readonly pools: number;
  readonly units: number;
  /** Part of the units that India's shoppers ask for. */
  readonly indiaShare: number;
  readonly outcomes: readonly RetailOutcome[];
}

/** Each line of an order, at the order's own time, in the cell where its shopper lives. */
export function wishesOf(orders: readonly RetailOrder[]): Wish[] {
  const [first] = orders;
  const start = first?.placedAt.getTime() ?? 0;
  return orders.flatMap(({ placedAt, residence, lines }) =>
    lines.map(({ stockCode, quantity }) => ({
      at: (placedAt.getTime() - start) / 1_000,
      cell: residence === 'IN' ? india : europe,
      pool: stockCode,
      units: quantity,
    })),
  );
}

/** As many units of a pool as the demand of all pools is trusted for, before its own is known. */
const priorUnits = 100;

/** Where the units of a pool were asked for so far; of a pool that is new, where all were. */
export class SeenDemand {
  private readonly all = new Map<CellId, number>(cells.map((cell) => [cell, 1]));
  private readonly pools = new Map<string, Map<CellId, number>>();

  add({ pool, cell, units }: Wish): void {
    const seen = this.pools.get(pool) ?? new Map<CellId, number>();
    this.pools.set(pool, seen);
    for (const counts of [this.all, seen]) counts.set(cell, (counts.get(cell) ?? 0) + units);
  }

  readonly share = (pool: string, cell: CellId): number => {
    const seen = this.pools.get(pool);
    const overall = (this.all.get(cell) ?? 0) / sumOf(this.all);
    return ((seen?.get(cell) ?? 0) + priorUnits * overall) / (sumOf(seen) + priorUnits);
  };
}

const sumOf = (counts: ReadonlyMap<CellId, number> | undefined): number =>
  [...(counts?.values() ?? [])].reduce((sum, units) => sum + units, 0);

function* seenBy(demand: SeenDemand, wishes: readonly Wish[]): Generator<Wish> {
  for (const wish of wishes) {
    yield wish;
    demand.add(wish);
  }
}

interface Contender {
  readonly name: string;
  readonly policy: StockPolicy;
  readonly hasForecast: boolean;
  /** The opening stock lies where the demand is, and not in even parts. */
  readonly opensByShare: boolean;
}

const contenders: readonly Contender[] = [
  { name: staticSplit.name, policy: staticSplit },
  { name: `${staticSplit.name}, by share`, policy: staticSplit, opensByShare: true },
  { name: failThenBorrow.name, policy: failThenBorrow },
  { name: borrowOnly.name, policy: borrowOnly },
  { name: 'ahead and borrow, no forecast', policy: planned() },
  { name: 'ahead and borrow', policy: planned(), hasForecast: true },
  { name: 'ahead and borrow, by share', policy: planned(), hasForecast: true, opensByShare: true },
].map((of) => ({ hasForecast: false, opensByShare: false, ...of }));

export interface RetailRequest {
  readonly dataFolder: string;
  /** First and last day, both included. */
  readonly from: string;
  readonly to: string;
  readonly stockShortPercent: number;
}

/** Runs the orders of a real shop under each policy; the stock is short by so much of each article. */
export async function compareOnRetailOrders(request: RetailRequest): Promise<RetailComparison> {
  const { dataFolder, from, to, stockShortPercent } = request;
  const { orders } = await readOnlineRetail(dataFolder, { from, to });
  const wishes = wishesOf(orders);
  const stock = planStock(orders, stockShortPercent, Object.keys(homes));
  const units = wishes.reduce((sum, wish) => sum + wish.units, 0);
  const toIndia = wishes.reduce((sum, wish) => sum + (wish.cell === india ? wish.units : 0), 0);
  const indiaShare = units === 0 ? 0 : toIndia / units;
  const outcomes = contenders.map((contender): RetailOutcome => {
    const demand = new SeenDemand();
    const { policy, hasForecast, opensByShare } = contender;
    const market = new Market(policy, cells, hasForecast ? { forecast: demand.share } : {});
    for (const { sku, warehouse, units: all } of stock) {
      const shares = opensByShare ? [indiaShare, 1 - indiaShare] : [1, 1];
      const parts = openingSplit(all, shares);
      market.open({
        pool: sku,
        home: homes[warehouse === 'blr' ? 'blr' : 'rtm'],
        units: new Map(cells.map((cell, at) => [cell, parts[at] ?? 0])),
      });
    }
    const tally = market.run(seenBy(demand, wishes));
    return {
      name: contender.name,
      falsePercent: (100 * tally.falseRefusals) / tally.wishes,
      waitedPercent: (100 * tally.waited) / tally.wishes,
      waitedInVainPercent: (100 * tally.waitedInVain) / tally.wishes,
      messagesPerThousand: (1_000 * tally.messages) / tally.soldWishes,
    };
  });
  return {
    orders: orders.length,
    lines: wishes.length,
    pools: stock.length,
    units,
    indiaShare,
    outcomes,
  };
}
