import type { Breach } from './breach.ts';
import { countByCode } from './breach.ts';
import { checkInvoices } from './check-invoices.ts';
import { checkErasures } from './check-erasures.ts';
import { checkHistory } from './check-history.ts';
import type { HistoryEntry } from './check-history.ts';
import { checkMoney } from './check-money.ts';
import type { ProviderCapture } from './check-money.ts';
import { checkCarts, checkOrders } from './check-orders.ts';
import type { CellSteps, Refusal, StockLevel } from './check-refusals.ts';
import { findFalseRefusals } from './check-refusals.ts';
import { checkStock } from './check-stock.ts';
import { checkWorld, worldTotals } from './check-world.ts';
import type { WorldTotals } from './check-world.ts';
import type { ShopBooks } from './shop-reader.ts';
import type { CellStepsFile, CellSummary } from './summary.ts';

export interface CellEvidence {
  readonly cell: string;
  readonly shop: ShopBooks;
  readonly provider: readonly ProviderCapture[];
  readonly history: readonly HistoryEntry[];
}

export interface CellAudit {
  /** Leaves the cell. */
  readonly summary: CellSummary;
  /** Stays in the cell: the rows name orders. */
  readonly breaches: readonly Breach[];
}

/** Pass 1 of a cell: everything it can see by itself, and what the join needs of it. */
export function auditCell({ cell, shop, provider, history }: CellEvidence, now: Date): CellAudit {
  const { stock, orders, payments, ledger, refusals, borrows } = shop;
  const breaches = [
    ...checkStock(stock),
    ...checkOrders(orders),
    ...checkCarts(orders),
    ...checkMoney({ cell, orders: orders.orders, payments, ledger, provider }),
    ...checkInvoices({
      ...{ cell, orders: orders.orders },
      ...{ invoices: shop.invoices, pastInvoices: shop.pastInvoices },
    }),
    ...checkErasures(cell, shop.erasures),
    ...checkHistory({ cell, history, orders: orders.orders, lines: orders.lines }),
  ];
  return {
    breaches,
    summary: {
      kind: 'summary',
      cell,
      takenAt: now.toISOString(),
      ordersByStatus: countBy(orders.orders.map(({ status }) => status)),
      unitsOrdered: unitsOrdered(shop),
      capturedMinor: capturedMinor(shop),
      borrows,
      historyEntries: history.filter((entry) => entry.cell === cell).length,
      violations: countByCode(breaches),
      pools: [...stock.pools],
      channels: [...stock.channels],
      refusals: [...refusals],
    },
  };
}

/** Pass 2 of a cell: of all levels those that the refusals of all cells need. */
export function stepsFor(
  cell: string,
  refusals: readonly Refusal[],
  levels: readonly StockLevel[],
): CellStepsFile {
  const byPool = Map.groupBy(refusals, ({ pool }) => pool);
  const levelsOf = Map.groupBy(levels, ({ pool }) => pool);
  const steps = [...levelsOf].flatMap(([pool, of]) =>
    of.filter(({ at }, index) => {
      const next = of[index + 1]?.at ?? Number.POSITIVE_INFINITY;
      const asked = byPool.get(pool) ?? [];
      return asked.some(({ startedAt, endedAt }) => at <= endedAt && next > startedAt);
    }),
  );
  return { kind: 'steps', cell, steps };
}

export interface WorldAudit {
  readonly breaches: readonly Breach[];
  readonly totals: WorldTotals;
  readonly refusals: number;
  readonly falseRefusals: number;
}

/** The join: reads summaries only. What a cell found wrong by itself appears as its counts. */
export function auditWorld(
  summaries: readonly CellSummary[],
  steps: readonly CellSteps[],
): WorldAudit {
  const refusals = summaries.flatMap((of) => of.refusals);
  const unfounded = findFalseRefusals(refusals, steps);
  const reported = summaries.flatMap(({ cell, violations }) =>
    Object.entries(violations).map(([code, count]) => ({ code, row: { cell, count } })),
  );
  return {
    breaches: [...reported, ...checkWorld(summaries), ...unfounded],
    totals: worldTotals(summaries),
    refusals: refusals.length,
    falseRefusals: unfounded.length,
  };
}

function countBy(names: readonly string[]): Record<string, number> {
  return countByCode(names.map((code) => ({ code, row: {} })));
}

function unitsOrdered({ orders }: ShopBooks): number {
  const confirmed = new Set(
    orders.orders.filter(({ status }) => status === 'confirmed').map(({ orderId }) => orderId),
  );
  return orders.lines
    .filter(({ orderId }) => confirmed.has(orderId))
    .reduce((sum, { units }) => sum + units, 0);
}

function capturedMinor({ ledger }: ShopBooks): Record<string, string> {
  const sums = new Map<string, bigint>();
  for (const { kind, account, currency, amountMinor } of ledger) {
    if (kind !== 'capture' || account !== 'provider_receivable') continue;
    sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(amountMinor));
  }
  return Object.fromEntries([...sums].map(([currency, sum]) => [currency, sum.toString()]));
}
