import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import { Metrics } from '@entrepot/platform-telemetry';
import { CanaryMetrics } from '../src/adapters/auditing/canary-metrics.ts';
import { BorderPeerInventory } from '../src/adapters/http-peer-inventory.ts';
import { BuyCanary } from '../src/application/canary/buy-canary.ts';
import { canaryOrderOf, canarySkuOf, canaryUnits } from '../src/domain/canary.ts';
import type { PoolId } from '../src/domain/pool.ts';
import { reservationIdOf } from '../src/application/reservation-ids.ts';
import { openInventory } from '../src/inventory.ts';
import { findBreachesInSql } from './books-in-sql.ts';
import {
  directory,
  europe,
  india,
  openTwoCells,
  type CellsUnderTest,
  type CellUnderTest,
} from './cells-under-test.ts';

const warehouses = new Map<CellId, string>([
  [india, 'blr'],
  [europe, 'rtm'],
]);
const poolOf = (home: CellId) => `${warehouses.get(home) ?? ''}/${canarySkuOf(home)}` as PoolId;

describe('the canary', () => {
  let cells: CellsUnderTest;
  let minute = 29_000_000;

  beforeAll(async () => {
    cells = await openTwoCells();
  });
  afterAll(() => cells.close());

  const canaryOf = ({ apis: [shop] }: CellUnderTest, at = () => minute) => {
    if (shop === undefined) throw new Error('the cell has no process');
    const { reserveLines: reserve, confirmReservations: confirm } = shop;
    const { releaseReservations: release, receiveStock: receive } = shop;
    return new BuyCanary(
      shop.map,
      warehouses,
      shop.store,
      { reserve, confirm, release, receive },
      {
        now: () => new Date(at() * 60_000),
      },
    );
  };
  const freeIn = async ({ border }: CellUnderTest, home: CellId) =>
    (await border.store.findFree([poolOf(home)]))[0]?.free ?? 0;
  const reservationsOf = ({ cell, apis: [shop] }: CellUnderTest, of: number, home: CellId) =>
    shop?.store.findReservations([reservationIdOf(canaryOrderOf(cell, of), poolOf(home), 1)]);

  it('is bought by every cell of every cell, borrows both ways, and gives everything back', async () => {
    const [indian, european] = [canaryOf(cells.in), canaryOf(cells.eu)];
    // the home brings its units in before anybody asks for them
    await indian.execute();
    await european.execute();
    const met = new Set<string>();
    for (let turn = 0; turn < 6; turn += 1) {
      minute += 1;
      for (const canary of [indian, european]) {
        for (const { home, type, outcome } of await canary.execute())
          met.add(`${home} ${type} ${outcome}`);
      }
    }
    expect([...met].toSorted()).toEqual([
      ...['eu-1 borrow bought', 'eu-1 local bought', 'in-1 borrow bought', 'in-1 local bought'],
    ]);
    for (const home of [india, europe]) {
      expect((await freeIn(cells.in, home)) + (await freeIn(cells.eu, home))).toBe(canaryUnits);
    }
    for (const { auditor } of [cells.in, cells.eu])
      expect(await findBreachesInSql(auditor)).toEqual([]);
  });

  it('is bought once a minute, however often the job is run', async () => {
    minute += 1;
    const canary = canaryOf(cells.in);
    expect(await canary.execute()).toHaveLength(2);
    expect(await canary.execute()).toEqual([]);
    expect(await canaryOf(cells.in).execute()).toEqual([]);
  });

  it('gives back what a killed run has left, sold or held', async () => {
    minute += 1;
    const order = canaryOrderOf(india, minute);
    const [shop] = cells.in.apis;
    const lines = [{ line: '1', sku: canarySkuOf(india), quantity: 1 }];
    const held = await shop?.reserveLines.execute({ order, round: 1, lines, onShortage: 'refuse' });
    if (held?.kind !== 'held') throw new Error('the canary is not to be had');
    await shop?.confirmReservations.execute(held.reservations.map((of) => ({ ...of, order })));
    const killed = minute;
    minute += 1;
    await canaryOf(cells.in).execute();
    expect(await reservationsOf(cells.in, killed, india)).toMatchObject([{ state: 'CANCELLED' }]);
  });

  it('gives back what was left before the store was away for long', async () => {
    minute += 1;
    const canary = canaryOf(cells.in);
    await canary.execute();
    const order = canaryOrderOf(india, minute + 1);
    const lines = [{ line: '1', sku: canarySkuOf(india), quantity: 1 }];
    const [shop] = cells.in.apis;
    await shop?.reserveLines.execute({ order, round: 1, lines, onShortage: 'refuse' });
    const left = minute + 1;
    minute += 90;
    await canary.execute();
    expect(await reservationsOf(cells.in, left, india)).toMatchObject([{ state: 'RELEASED' }]);
  });

  it('is bought with the rights of a worker, and is no part of what shoppers ask for', async () => {
    const watched: string[] = [];
    const inventory = openInventory({
      ...{ cell: india, directory, rebalancing: true },
      shop: cells.in.database.open('worker'),
      peers: new BorderPeerInventory(cells.in.client),
      demandListener: {
        hear: () => Promise.resolve(void watched.push('demand')),
      },
      watch: {
        waited: () => watched.push('wait'),
        settled: ({ kind }) => watched.push(kind),
        looked: () => undefined,
      },
    });
    expect(await inventory.buyCanary.execute()).toHaveLength(2);
    await inventory.tellDemand?.execute();
    expect(watched).toEqual([]);
  });

  it('says that a peer that has units is out of reach', async () => {
    const told = new Metrics({ cell: europe, process: 'worker' });
    const metrics = new CanaryMetrics(told, [india, europe]);
    const canary = canaryOf(cells.eu);
    await canary.execute();
    cells.in.isCut = true;
    minute += minute % 2 === 0 ? 2 : 1;
    const purchases = await canary.execute();
    cells.in.isCut = false;
    metrics.note(purchases);
    expect(purchases).toContainEqual(
      expect.objectContaining({ home: india, type: 'borrow', outcome: 'peer_unreachable' }),
    );
    const { text } = await told.expose();
    expect(text).toMatch(
      /^entrepot_canary_purchases_total\{peer="in-1",type="borrow",outcome="peer_unreachable".*\} 1$/m,
    );
    for (const { auditor } of [cells.in, cells.eu])
      expect(await findBreachesInSql(auditor)).toEqual([]);
  });
});
