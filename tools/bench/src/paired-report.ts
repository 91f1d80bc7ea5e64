import { cpus, totalmem } from 'node:os';
import type { PairedFigure } from './paired-figure.ts';

export interface PairedReport {
  readonly measuredAt: string;
  readonly machine: string;
  readonly figures: readonly PairedFigure[];
  /** What could not be measured, and why. */
  readonly omitted: readonly string[];
}

export function pairedReport(
  figures: readonly PairedFigure[],
  omitted: readonly string[],
): PairedReport {
  const [cpu] = cpus();
  return {
    measuredAt: new Date().toISOString(),
    machine: `${cpus().length} × ${cpu?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    ...{ figures, omitted },
  };
}

const nameWidth = 36;
const unitWidth = 28;
const columnWidth = 12;
const columns = ['figure', 'baseline', 'ratio', 'of rounds'] as const;

/** The report as a person reads it. */
export function pairedTable({ machine, figures, omitted }: PairedReport): string {
  const head = columns.map((name) => name.padStart(columnWidth)).join('');
  return [
    `${machine}; medians of the rounds unless a note says otherwise; a ratio is to the baseline of the same run`,
    '',
    `${''.padEnd(nameWidth + unitWidth)}${head}   aim`,
    ...figures.map(lineOf),
    '',
    'Baselines and what has to be known beside them:',
    ...figures.flatMap(({ name, baseline, notes }) => [
      `  ${name}: held against ${baseline}`,
      ...notes.map((note) => `    ${note}`),
    ]),
    ...omitted.map((what) => `Not measured: ${what}`),
  ].join('\n');
}

function lineOf(figure: PairedFigure): string {
  const { name, unit, measured, baselineMeasured, ratio, ratios } = figure;
  const cells = [
    short(measured),
    short(baselineMeasured),
    short(ratio),
    `${short(Math.min(...ratios))}–${short(Math.max(...ratios))}`,
  ];
  const figuresOf = cells.map((cell) => cell.padStart(columnWidth)).join('');
  return `${name.padEnd(nameWidth)}${unit.padEnd(unitWidth)}${figuresOf}   ${aimOf(figure)}`.trimEnd();
}

function aimOf({ aim, isMet }: PairedFigure): string {
  if (aim === undefined) return '';
  const bound = `${aim.bound} ${aim.value}${aim.of === 'ratio' ? ' ×' : ''}`;
  return isMet === true ? bound : `${bound}, MISSED`;
}

/** Three digits that tell. */
function short(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return value.toPrecision(3);
}
