import type { CellBooks, StockSample } from './cell-books.ts';

export interface ChartPoint {
  readonly seconds: number;
  readonly free: number;
  /** Grants this cell has taken in from others since the start. */
  readonly borrows: number;
}

const sampleEveryMs = 1_000;

/** Looks at each cell once a second while orders run. */
export class StockSampler {
  readonly series = new Map<string, ChartPoint[]>();
  private readonly first = new Map<string, number>();
  private readonly startedAt = performance.now();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly books: readonly CellBooks[]) {}

  start(): void {
    this.running = this.sampleAll();
    this.timer = setInterval(() => {
      this.running = this.running.then(() => this.sampleAll());
    }, sampleEveryMs);
  }

  /** Takes a last sample, so that the chart ends where the run did. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
    await this.sampleAll();
  }

  borrowsOf(cell: string): number {
    return this.series.get(cell)?.at(-1)?.borrows ?? 0;
  }

  private async sampleAll(): Promise<void> {
    const samples = await Promise.all(this.books.map((of) => of.sample()));
    for (const [index, { cell }] of this.books.entries()) {
      const sample = samples[index];
      // a gap in the line is what a database that was away looks like
      if (sample !== undefined) this.add(cell, sample, samples);
    }
  }

  private add(cell: string, own: StockSample, all: readonly (StockSample | undefined)[]): void {
    const given = all.reduce((sum, of) => sum + (of === own ? 0 : (of?.grants ?? 0)), 0);
    const before = this.first.get(cell) ?? given;
    this.first.set(cell, before);
    const points = this.series.get(cell) ?? [];
    const seconds = (performance.now() - this.startedAt) / 1_000;
    points.push({ seconds, free: own.free, borrows: Math.max(0, given - before) });
    this.series.set(cell, points);
  }
}

const size = { width: 960, height: 480, left: 80, right: 70, top: 40, bottom: 50 };
const colours = ['#c2410c', '#1d4ed8', '#15803d', '#7e22ce', '#0f766e'];

/** Free units (full lines, left axis) and grants taken in (dashed, right axis) of each cell over time. */
export function drawStockChart(series: ReadonlyMap<string, readonly ChartPoint[]>): string {
  const points = [...series.values()].flat();
  const most = (pick: (of: ChartPoint) => number): number => Math.max(1, ...points.map(pick));
  const scale = {
    seconds: most(({ seconds }) => seconds),
    free: most(({ free }) => free),
    borrows: most(({ borrows }) => borrows),
  };
  const inner = {
    width: size.width - size.left - size.right,
    height: size.height - size.top - size.bottom,
  };
  const x = (seconds: number): string =>
    (size.left + (seconds / scale.seconds) * inner.width).toFixed(1);
  const y = (part: number): string => (size.top + (1 - part) * inner.height).toFixed(1);
  const line = (cell: readonly ChartPoint[], kind: 'free' | 'borrows'): string =>
    cell.map((of) => `${x(of.seconds)},${y(of[kind] / scale[kind])}`).join(' ');
  const lines = [...series].flatMap(([cell, of], index) => {
    const colour = colours[index % colours.length] ?? '#000';
    return [
      `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${line(of, 'free')}"/>`,
      `<polyline fill="none" stroke="${colour}" stroke-dasharray="5 4" points="${line(of, 'borrows')}"/>`,
      `<text x="${size.left + 10 + index * 260}" y="24" fill="${colour}">${cell}: free ——  borrowed - -</text>`,
    ];
  });
  const marks = [0, 0.25, 0.5, 0.75, 1].flatMap((part) => [
    `<line x1="${size.left}" x2="${size.width - size.right}" y1="${y(part)}" y2="${y(part)}" stroke="#ddd"/>`,
    `<text x="${size.left - 8}" y="${y(part)}" text-anchor="end">${Math.round(part * scale.free)}</text>`,
    `<text x="${size.width - size.right + 8}" y="${y(part)}">${Math.round(part * scale.borrows)}</text>`,
    `<text x="${x(part * scale.seconds)}" y="${size.height - 25}" text-anchor="middle">${Math.round(part * scale.seconds)} s</text>`,
  ]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="sans-serif" font-size="12">`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...marks,
    ...lines,
    `<text x="${size.left}" y="${size.height - 6}">units free (left), grants taken in from other cells (right), seconds of the replay</text>`,
    '</svg>',
    '',
  ].join('\n');
}
