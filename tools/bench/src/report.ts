import type { Figure } from './figure.ts';
import type { SmokeReport } from './smoke.ts';

const columns = ['per second', 'p50 ms', 'p99 ms', 'baseline/s', 'ratio', 'failures'] as const;
const nameWidth = 34;
const columnWidth = 11;

/** The report as a person reads it. */
export function tableOf(report: SmokeReport): string {
  const { figures, omitted, waits, orderCost, memory } = report;
  const head = ''.padEnd(nameWidth) + columns.map((name) => name.padStart(columnWidth)).join('');
  const programs = Object.entries(memory.byProgram)
    .toSorted(([, left], [, right]) => right - left)
    .map(([program, mebibytes]) => `${program} ${Math.round(mebibytes)}`);
  const baselines = new Set(figures.map(({ name, baseline }) => `  ${name}: ${baseline}`));
  return [
    `${report.machine}; cell ${report.cell}; medians of rounds of ${report.secondsPerRound} s`,
    '',
    head,
    ...figures.map(lineOf),
    '',
    'Failures are answers that were not 2xx, or none; by code:',
    ...figures.flatMap(({ name, failures }) =>
      Object.entries(failures).map(([code, count]) => `  ${name}: ${code} × ${count}`),
    ),
    'Baselines:',
    ...baselines,
    `Checkout answers before the last: ${listOf(waits)}`,
    `One confirmed order in shop: ${orderCost.writingPerOrder.toFixed(1)} writing transactions, ` +
      `${orderCost.committedPerOrder.toFixed(1)} transactions in all, ` +
      `${Math.round(orderCost.walBytesPerOrder / 1_024)} KiB of WAL (${orderCost.orders} orders)`,
    `PSS of ${memory.processes} processes (${memory.unread} unread): ` +
      `${Math.round(memory.pssMebibytes)} MiB (${programs.join(', ')})`,
    ...omitted.map((what) => `Not measured: ${what}`),
  ].join('\n');
}

function lineOf(figure: Figure): string {
  const { name, perSecond, p50Ms, p99Ms, baselinePerSecond, ratio, failures } = figure;
  const failed = Object.values(failures).reduce((sum, count) => sum + count, 0);
  const cells = [
    perSecond.toFixed(perSecond < 100 ? 1 : 0),
    p50Ms.toFixed(1),
    p99Ms.toFixed(1),
    baselinePerSecond.toFixed(0),
    ratio.toFixed(4),
    String(failed),
  ];
  return name.padEnd(nameWidth) + cells.map((cell) => cell.padStart(columnWidth)).join('');
}

const listOf = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([what, count]) => `${what} × ${count}`)
    .join(', ') || 'none';
