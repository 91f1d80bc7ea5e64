import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CellStock } from '../src/domain/cell-stock.ts';
import {
  decide,
  emptyBalances,
  emptyStock,
  findBreaches,
  thePool,
  uuidOf,
} from '../src/testing/model.ts';
import { quint, simulate } from './quint.ts';
import { commandOf, readTrace } from './specified-trace.ts';
import type { SpecifiedCell } from './specified-trace.ts';

/** A process each; other suites may be at work beside. */
const timeoutMs = 120_000;
/** Of the runs that must find nothing. Those that must find something start where they once did. */
const seed = 1;
const traces = 24;

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
    ['twoCells', 60],
    ['threeCells', 20],
  ])(
    'keeps its invariants in runs of %s with restores and recoveries',
    async (main, samples) => {
      const answer = await simulate(
        { main, seed, samples, steps: 40 },
        ...['--witnesses', 'hasRecovered', 'hasSuspense', 'hasDeficit', 'hasMovedAndSold'],
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

  it(
    'does step by step what the reducer does',
    async () => {
      const answer = await simulate(
        { main: 'twoCells', seed, samples: traces, steps: 40 },
        ...['--step', 'stepOfReducer', '--mbt', '--n-traces', `${traces}`],
        ...['--out-itf', join(folder, 'trace_{seq}.itf.json')],
      );
      expect(answer).toMatchObject({ exitCode: 0 });
      const files = readdirSync(folder);
      expect(files).toHaveLength(traces);
      const taken = files.flatMap((file) => replay(join(folder, file)));
      const kinds = [
        'mint',
        'reserve',
        'confirm',
        'release',
        'expire',
        'cancel',
        'ship',
        'grant',
        'apply',
      ];
      expect([...new Set(taken)].toSorted()).toEqual(kinds.toSorted());
    },
    timeoutMs,
  );
});

/** Carries a trace out with the reducer and compares every cell after every step; returns the commands. */
function replay(file: string): string[] {
  const stocks = new Map<string, CellStock>();
  return readTrace(file).flatMap((step, at) => {
    const asked = commandOf(step);
    if (asked !== undefined) {
      const before = stocks.get(asked.cell) ?? emptyStock(asked.cell as CellId);
      const { stock } = decide(before, asked.command, { now: 0, stoppedGroup: undefined });
      stocks.set(asked.cell, stock);
    }
    for (const [cell, specified] of step.cells) {
      const stock = stocks.get(cell) ?? emptyStock(cell);
      expect({ at, cell, ...shown(stock) }).toEqual({ at, cell, ...wanted(specified) });
      expect(findBreaches(stock)).toEqual([]);
    }
    return asked === undefined ? [] : [asked.command.kind];
  });
}

const nonZero = (totals: Iterable<readonly [string, number]>) =>
  Object.fromEntries([...totals].filter(([, total]) => total !== 0));

function shown({ pools, reservations }: CellStock) {
  const books = pools.get(thePool);
  const channels = [...(books?.channels.values() ?? [])];
  const { SUPPLY, FREE, HELD, SOLD, SHIPPED, WRITTEN_OFF } = books?.balances ?? emptyBalances;
  return {
    books: [SUPPLY, FREE, HELD, SOLD, SHIPPED, WRITTEN_OFF],
    granted: nonZero(channels.map(({ peer, granted }) => [peer, granted])),
    applied: nonZero(channels.map(({ peer, applied }) => [peer, applied])),
    reservations: Object.fromEntries(
      [...reservations.values()].map(({ id, state }) => [id, state]),
    ),
  };
}

function wanted({ books, granted, applied, reservations }: SpecifiedCell) {
  const { supply, free, held, sold, shipped, writtenOff } = books;
  const known = [...reservations].filter(([, state]) => state !== 'UNKNOWN');
  return {
    books: [supply, free, held, sold, shipped, writtenOff],
    granted: nonZero(granted),
    applied: nonZero(applied),
    reservations: Object.fromEntries(known.map(([id, state]) => [uuidOf(2, id), state])),
  };
}
