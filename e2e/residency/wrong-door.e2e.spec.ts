import { randomBytes } from 'node:crypto';
import { formsOf, isClean, needlesOf, scanStore } from '@entrepot/border-scan';
import type { FileGroup, ScannedStore, StoreScan } from '@entrepot/border-scan';
import { storesOf } from '@entrepot/cli';
import { nodeFetch } from '@entrepot/client/node';
import { reportOf } from '@entrepot/residency';
import { StackPaths } from '@entrepot/stack';
import type { DescribedCell } from '@entrepot/stack';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ShopFloor } from '../src/shop-floor.ts';

const token = (): string => `cnry${randomBytes(12).toString('hex')}`;
/** Typed by somebody who lives in India. */
const typed = { email: `${token()}@people.example`, password: `Pass ${token()}` };
const leak = `Leaked "Ñ" ${token()}`;
const settleMs = 4_000;

/** The real store, into which somebody's data got by mistake. */
class LeakyStore implements ScannedStore {
  readonly name: string;

  constructor(private readonly store: ScannedStore) {
    this.name = store.name;
  }

  plant(values: readonly Buffer[]): Promise<void> {
    const planted = formsOf(leak).map(({ bytes }) => bytes);
    // what else a page of a log may cut in two
    return this.store.plant([...values, ...planted, ...planted]);
  }

  groups(): Promise<readonly FileGroup[]> {
    return this.store.groups();
  }

  problems(): Promise<readonly string[]> {
    return this.store.problems();
  }

  remove(): Promise<void> {
    return this.store.remove();
  }
}

describe('At the door of another region', () => {
  const node = nodeFetch();
  let floor: ShopFloor;
  let abroad: DescribedCell;
  const scans: StoreScan[] = [];
  const statuses: number[] = [];

  async function knock(path: string, residence: string): Promise<number> {
    const answer = await node.fetch(`${abroad.origin}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'entrepot-residence': residence,
        'user-agent': typed.email,
      },
      body: JSON.stringify(typed),
    });
    expect(await answer.text()).not.toContain(typed.email);
    return answer.status;
  }

  beforeAll(async () => {
    floor = new ShopFloor();
    abroad = floor.cell('eu-1');
    // with the right residence, with the wrong one, again and again, and at the door of the staff
    for (const [path, residence] of [
      ['/v1/sessions', 'IN'],
      ['/v1/sessions', 'DE'],
      ['/v1/sessions', 'DE'],
      [`/v1/sessions?login=${encodeURIComponent(typed.email)}`, 'DE'],
      ['/v1/sessions', 'GB'],
      ['/admin/v1/sessions', 'DE'],
    ] as const) {
      statuses.push(await knock(path, residence));
    }
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    const foreign = [...needlesOf('in-1', typed), ...needlesOf('in-1', { leak })];
    for (const store of storesOf(new StackPaths(), abroad)) {
      scans.push(...(await scanStore(new LeakyStore(store), foreign)));
    }
  }, 600_000);
  afterAll(async () => {
    await floor.close();
    await node.close();
  });

  const found = (field: string, scan: StoreScan) =>
    scan.finds.filter(({ label }) => label.startsWith(`in-1/${field}/`));

  it('T37 leaves no trace of a login that was typed there, whatever the door said', () => {
    expect(statuses).toEqual([421, 401, 401, 401, 404, 401]);
    for (const scan of scans) {
      expect([scan.store, scan.missedControls, scan.problems]).toEqual([scan.store, [], []]);
      expect([scan.store, found('email', scan)]).toEqual([scan.store, []]);
      expect([scan.store, found('password', scan)]).toEqual([scan.store, []]);
    }
  });

  it('T33 is red in every store into which one value of a foreigner got', () => {
    expect(scans.length).toBeGreaterThan(15);
    for (const scan of scans) {
      const forms = new Set(found('leak', scan).map(({ label }) => label));
      expect([scan.store, forms.size]).toEqual([scan.store, formsOf(leak).length]);
      expect(isClean(scan)).toBe(false);
    }
    const facts = { cell: 'eu-1', commit: 'unknown', people: [] };
    const at = new Date().toISOString();
    const report = reportOf({ ...facts, startedAt: at, finishedAt: at }, scans);
    expect(report.isClean).toBe(false);
    expect(JSON.stringify(report)).not.toContain(leak);
  });
});
