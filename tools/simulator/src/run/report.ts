import {
  crashPoints,
  faultKinds,
  faultsOf,
  recoveryFigures,
  uncovered,
  workKinds,
  type Tally,
} from '../faults/coverage.ts';
import type { Failure } from './run-seed.ts';

/** How often each kind of work must have met a death at each point for a run to count as covering. */
export const coveredLeast = 100;

const grouped = (count: number): string => count.toLocaleString('en');

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}

/** Faults by kind, and how often a process died at each point of each kind of work. */
export function coverageTable(tally: Tally): string {
  const faults = faultKinds.map((kind) => [kind, grouped(tally.faults[kind])]);
  const crashes = workKinds.map((kind) => [
    kind,
    ...crashPoints.map((point) => grouped(tally.crashes[kind][point])),
  ]);
  const recovery = recoveryFigures.map((figure) => [figure, grouped(tally.recovery[figure])]);
  const gaps = uncovered(tally, coveredLeast);
  return [
    table([['fault', 'times'], ...faults]),
    '',
    table([['of restores', 'number'], ...recovery]),
    '',
    table([['died at', ...crashPoints], ...crashes]),
    '',
    gaps.length === 0
      ? `every kind of work died at every point ${coveredLeast} times or more`
      : `below ${coveredLeast}: ${gaps.join(', ')}`,
  ].join('\n');
}

/** One line of figures. */
export function figuresLine(tally: Tally, seconds: number): string {
  const perSecond = seconds > 0 ? Math.round(tally.events / seconds) : 0;
  const hours = (tally.virtualMs / 3_600_000).toFixed(1);
  return (
    `${grouped(tally.runs)} runs, ${grouped(tally.events)} events (${grouped(perSecond)}/s), ` +
    `${grouped(faultsOf(tally))} faults, ${hours} virtual hours`
  );
}

/** What went wrong and how to see it again. */
export function failureText(failure: Failure, extra: readonly string[] = []): string {
  const { seed, step, message, trace } = failure;
  return [
    `seed ${seed}, step ${step}: ${message}`,
    ...trace.map((line) => `  ${line}`),
    `again: npm run simulate -- ${['--seed', `${seed}`, ...extra].join(' ')}`,
  ].join('\n');
}
