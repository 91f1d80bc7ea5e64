import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { borrowBody, demandBody } from '@entrepot/contracts/api/cell-inventory';
import { describe, expect, it } from '@jest/globals';
import type { CellOutlook, PoolView } from '../domain/rebalance-plan.ts';
import type { DemandCounts, PoolDemand } from './demand-counts.ts';

/**
 * Two worlds with other people are compared with the planner switched off, as what follows from rates
 * follows from the clock. That persons have no influence on it is shown here: the planner knows pools,
 * cells and figures, and nothing is in its reach that knows more.
 */
const source = join(dirname(fileURLToPath(import.meta.url)), '..');

const importsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/from '([^']+)'/g)].map(([, path = '']) => path);

/** What a file and all that it imports of this domain import, by their names. */
function inReachOf(names: readonly string[]) {
  const files = new Set<string>();
  const outside = new Set<string>();
  const open = names.map((name) => join(source, name));
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    for (const path of importsOf(file)) {
      if (path.startsWith('.')) open.push(join(dirname(file), path));
      else outside.add(path);
    }
  }
  return { files: [...files].map((file) => relative(source, file)).toSorted(), outside };
}

type Same<One, Other> = [One] extends [Other] ? ([Other] extends [One] ? true : false) : false;

describe('What the planner knows', () => {
  it('is made in files that know of no order, no reservation and no person', () => {
    const { files, outside } = inReachOf([
      'application/demand-counts.ts',
      'application/demand-book.ts',
      'application/pool-views.ts',
      'domain/borrow-budget.ts',
    ]);
    expect(files).toEqual([
      'application/demand-book.ts',
      'application/demand-counts.ts',
      'application/pool-views.ts',
      'application/recent-map.ts',
      'domain/borrow-budget.ts',
      'domain/demand-rate.ts',
      'domain/pool.ts',
      'domain/rebalance-plan.ts',
    ]);
    expect([...outside]).toEqual(['@entrepot/kernel']);
    for (const file of files) {
      const kernel = /import type \{([^}]*)\} from '@entrepot\/kernel'/.exec(
        readFileSync(join(source, file), 'utf8'),
      );
      const taken = (kernel?.[1] ?? '').split(',').map((name) => name.trim());
      const harmless = ['', 'Branded', 'CellId', 'Sku', 'WarehouseId'];
      expect(taken.filter((name) => !harmless.includes(name))).toEqual([]);
    }
  });

  it('is a pool and figures, by type', () => {
    const demand: Same<keyof PoolDemand, 'pool' | 'units' | 'orders'> = true;
    const noted: Same<Parameters<DemandCounts['note']>, [PoolDemand['pool'], number]> = true;
    const outlook: Same<keyof CellOutlook, 'cell' | 'free' | 'rate' | 'perOrder' | 'share'> = true;
    const view: Same<keyof PoolView, 'own' | 'peers' | 'stage'> = true;
    expect([demand, noted, outlook, view]).toEqual([true, true, true, true]);
  });

  it('comes in messages that have room for no more', () => {
    const [demands, asks] = [demandBody.shape.demands.element, borrowBody.shape.asks.element];
    expect(Object.keys(demands.shape)).toEqual(['pool', 'units', 'orders']);
    expect(Object.keys(asks.shape).toSorted()).toEqual([
      ...['acked', 'free', 'isWaiting', 'level', 'need', 'pool', 'rate', 'reason'],
    ]);
    const demand = { pool: 'blr/TEA', units: 1, orders: 1 };
    expect(demandBody.safeParse({ demands: [demand] }).success).toBe(true);
    for (const wrong of [
      { ...demand, subject: 'sub_1' },
      { ...demand, units: 0 },
      { ...demand, units: 1.5 },
      { ...demand, units: 990_000_001 },
      { ...demand, pool: 'Asha Rao' },
    ]) {
      expect(demandBody.safeParse({ demands: [wrong] }).success).toBe(false);
    }
  });
});
