import type { BoughtOrder, EndOfOrder } from './buy.ts';
import { forwardSteps } from './chaos.ts';
import type { ChaosMatrix } from './chaos.ts';
import type { StepLatency, StepName } from './latencies.ts';

export interface ReplaySummary {
  readonly from: string;
  readonly to: string;
  readonly stockShortPercent: number;
  readonly concurrency: number;
  readonly chaos: ChaosMatrix | undefined;
  readonly asked: { readonly orders: number; readonly units: number };
  readonly orders: Readonly<Record<EndOfOrder, number>>;
  readonly ordersByCell: Readonly<Record<string, number>>;
  readonly units: number;
  readonly refusedUnitsByReason: Readonly<Record<string, number>>;
  readonly failures: Readonly<Record<string, number>>;
  readonly falseRefusals: number | undefined;
  readonly borrowsByCell: Readonly<Record<string, number>>;
  readonly waits: Readonly<Record<string, number>>;
  readonly seconds: Readonly<Record<'loadProducts' | 'loadStock' | 'register' | 'sell', number>>;
  readonly latencies: Readonly<Partial<Record<StepName, StepLatency>>>;
}

/** Sums the orders up: how they ended, what was refused and why, what had to be asked again. */
export function summarizeOrders(
  orders: readonly BoughtOrder[],
): Pick<
  ReplaySummary,
  'orders' | 'ordersByCell' | 'units' | 'refusedUnitsByReason' | 'failures' | 'waits'
> {
  const ends = { confirmed: 0, declined: 0, refused: 0, failed: 0, open: 0 };
  const refused: Record<string, number> = {};
  const byCell: Record<string, number> = {};
  const failures: Record<string, number> = {};
  const waits: Record<string, number> = {};
  let units = 0;
  for (const { end, cell, units: bought, dropped, waits: waited, code } of orders) {
    ends[end] += 1;
    units += bought;
    if (end === 'confirmed') byCell[cell] = (byCell[cell] ?? 0) + 1;
    if (end === 'failed' || end === 'open') {
      const name = code ?? 'UNKNOWN';
      failures[name] = (failures[name] ?? 0) + 1;
    }
    for (const { reason, units: lost } of dropped) refused[reason] = (refused[reason] ?? 0) + lost;
    for (const wait of waited) waits[wait] = (waits[wait] ?? 0) + 1;
  }
  return {
    orders: ends,
    ordersByCell: byCell,
    units,
    refusedUnitsByReason: refused,
    failures,
    waits,
  };
}

const list = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count.toLocaleString('en')}`)
    .join(' · ') || 'none';

/** The summary for people. */
export function tableOf(summary: ReplaySummary): string {
  const { asked, seconds, latencies, falseRefusals, chaos } = summary;
  const rows: [string, string][] = [
    ['asked for', `${asked.orders} orders, ${asked.units.toLocaleString('en')} units`],
    ['orders', list(summary.orders)],
    ['confirmed by cell', list(summary.ordersByCell)],
    ['units sold', summary.units.toLocaleString('en')],
    ['units refused', list(summary.refusedUnitsByReason)],
    ['false refusals', falseRefusals === undefined ? 'not audited' : String(falseRefusals)],
    ['failed with', list(summary.failures)],
    ['borrows', list(summary.borrowsByCell)],
    ['answers not final', list(summary.waits)],
    ['seconds', list(roundedValues(seconds))],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
  const steps = Object.entries(latencies).map(
    ([step, { count, p50Ms, p99Ms, maxMs }]) =>
      `  ${step.padEnd(12)} ${String(count).padStart(7)} ${String(p50Ms).padStart(8)} ` +
      `${String(p99Ms).padStart(8)} ${String(maxMs).padStart(8)}`,
  );
  const head = `  ${'step'.padEnd(12)} ${'count'.padStart(7)} ${'p50 ms'.padStart(8)} ${'p99 ms'.padStart(8)} ${'max ms'.padStart(8)}`;
  return [
    ...lines,
    '',
    head,
    ...steps,
    ...(chaos === undefined ? [] : ['', ...matrixOf(chaos)]),
  ].join('\n');
}

const roundedValues = (of: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(of).map(([name, value]) => [name, Math.round(value * 10) / 10]),
  );

function matrixOf(chaos: ChaosMatrix): string[] {
  const kinds = Object.keys(chaos);
  const met = kinds.flatMap((kind) => Object.keys(chaos[kind]?.at ?? {}));
  const places = [...new Set([...forwardSteps, ...met])];
  const head = ['fault', 'fired', ...places];
  const rows = kinds.map((kind) => {
    const { fired = 0, at = {} } = chaos[kind] ?? {};
    return [kind, String(fired), ...places.map((place) => String(at[place] ?? 0))];
  });
  return [head, ...rows].map((row) => `  ${row.map((cell) => cell.padEnd(16)).join('')}`.trimEnd());
}
