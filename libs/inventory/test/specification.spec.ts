import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CellStock } from '../src/domain/cell-stock.ts';
import { emptyBalances, findBreaches, thePool, uuidOf } from '../src/testing/model.ts';
import { quint, simulate } from './quint.ts';
import { readTrace } from './specified-trace.ts';
import type { SpecifiedCell } from './specified-trace.ts';
import { TraceReplay } from './trace-replay.ts';

/** A process each; other suites may be at work beside. */
const timeoutMs = 120_000;
/** Of the runs that must find nothing. Those that must find something start where they once did. */
const seed = 1;
const traces = 60;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'entrepot-specification-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the specification of escrow', () => {
  it(
    'has sound types',
    async () => {
      expect(await quint('typecheck')).toMatchObject({ exitCode: 0 });
    },
    timeoutMs,
  );

  it.each([
    ['twoCells', 60, 'haveAllRecovered'],
    ['lateTotals', 60, 'hasRecovered'],
    ['threeCells', 20, 'hasRecovered'],
  ])(
    'keeps its invariants in runs of %s with restores and recoveries',
    async (main, samples, recovered) => {
      const answer = await simulate(
        { main, seed, samples, steps: 40 },
        ...['--witnesses', recovered, 'hasSuspense', 'hasDeficit', 'hasMovedAndSold'],
      );
      expect(answer).toMatchObject({ exitCode: 0 });
      // a run in which nothing of it happened would prove nothing
      expect(answer.said).not.toMatch(/witnessed in 0 trace/);
    },
    timeoutMs,
  );

  it.each([
    ['deltas', 0x1],
    ['twoCommits', 0x1],
    ['takeBack', 0x1],
    ['reclaim', 0x218b],
    ['lease', 0x1],
    ['staleStandby', 0x127b],
    ['noWitness', 0xfd8a],
    ['oldEpochs', 0x17931],
  ])(
    'is refuted with the shortcut %s, seed %i',
    async (main, first) => {
      const answer = await simulate({ main, seed: first, samples: 2_000, steps: 30 });
      expect(answer.said).toContain('Invariant violated');
      expect(answer.exitCode).toBe(1);
    },
    timeoutMs,
  );

  it.each([
    ['sells no unit twice where both cells have forgotten all they did', 'twoCells'],
    ['sells one twice where no witness has told them totals', 'noTotals'],
  ])(
    '%s',
    async (_, main) => {
      const backend = ['--backend', 'typescript', '--seed', `${seed}`];
      const answer = await quint('test', '--main', main, ...backend);
      expect(answer).toMatchObject({ exitCode: 0 });
      expect(answer.said).toContain('1 passing');
    },
    timeoutMs,
  );

  it(
    'does step by step what the reducer does',
    async () => {
      const answer = await simulate(
        { main: 'twoCells', seed, samples: traces, steps: 40 },
        ...['--mbt', '--n-traces', `${traces}`],
        ...['--out-itf', join(folder, 'trace_{seq}.itf.json')],
      );
      expect(answer).toMatchObject({ exitCode: 0 });
      const files = readdirSync(folder);
      expect(files).toHaveLength(traces);
      const taken = files.flatMap((file) => replay(join(folder, file)));
      const kinds = [
        ...[
          'mint',
          'writeOff',
          'resolve',
          'reserve',
          'confirm',
          'release',
          'expire',
          'cancel',
          'ship',
        ],
        ...['grant', 'apply', 'repair', 'readopt'],
      ];
      expect([...new Set(taken)].toSorted()).toEqual(kinds.toSorted());
    },
    timeoutMs,
  );
});

/** Carries a trace out with the reducer and compares every cell after every step; returns the commands. */
function replay(file: string): string[] {
  const cells = new TraceReplay();
  readTrace(file).forEach((step, at) => {
    cells.take(step);
    for (const [cell, specified] of step.cells) {
      const stock = cells.stockOf(cell);
      const { action } = step;
      expect({ at, action, cell, ...shown(stock) }).toEqual({
        at,
        action,
        cell,
        ...wanted(specified),
      });
      expect(findBreaches(stock)).toEqual([]);
    }
  });
  return cells.kinds;
}

const nonZero = (totals: Iterable<readonly [string, number]>) =>
  Object.fromEntries([...totals].filter(([, total]) => total !== 0));

function shown({ pools, reservations, peerEpochs }: CellStock) {
  const books = pools.get(thePool);
  const channels = [...(books?.channels.values() ?? [])];
  const of = books?.balances ?? emptyBalances;
  return {
    books: [
      of.SUPPLY,
      of.FREE,
      of.HELD,
      of.SOLD,
      of.SHIPPED,
      of.WRITTEN_OFF,
      of.DEFICIT,
      of.SUSPENSE,
    ],
    granted: nonZero(channels.map(({ peer, granted }) => [peer, granted])),
    applied: nonZero(channels.map(({ peer, applied }) => [peer, applied])),
    peerEpochs: Object.fromEntries(peerEpochs),
    reservations: Object.fromEntries(
      [...reservations.values()].map(({ id, state }) => [id, state]),
    ),
  };
}

function wanted({ books, granted, applied, peerEpoch, reservations }: SpecifiedCell) {
  const { supply, free, held, sold, shipped, writtenOff, deficit, suspense } = books;
  const known = [...reservations].filter(([, state]) => state !== 'UNKNOWN');
  return {
    books: [supply, free, held, sold, shipped, writtenOff, deficit, suspense],
    granted: nonZero(granted),
    applied: nonZero(applied),
    peerEpochs: Object.fromEntries([...peerEpoch].filter(([, epoch]) => epoch > 1)),
    reservations: Object.fromEntries(known.map(([id, state]) => [uuidOf(2, id), state])),
  };
}
