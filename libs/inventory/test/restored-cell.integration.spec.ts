import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { inspectCellCall } from '@entrepot/platform-egress';
import { testKafka, type TestKafka } from '@entrepot/testing';
import type { Apply, DocumentId, Mint, Resolve } from '../src/domain/commands.ts';
import { poolIdOf } from '../src/domain/pool.ts';
import { uuidOf } from '../src/testing/stock-commands.ts';
import { findBreachesInSql } from './books-in-sql.ts';
import { buy, newOrder, openTwoCells, type CellsUnderTest } from './cells-under-test.ts';
import { RestorableCell } from './restorable-cell.ts';

const units = 60;

/** What shoppers were told, whatever the books say of it later. */
class Shoppers {
  sold = 0;

  /** Buys by one unit until the cell says that there are no more, or does not say. */
  async buyAll({ under }: RestorableCell, sku: string, atMost = units): Promise<void> {
    for (let bought = 0; bought < atMost; bought += 1) {
      if (!(await this.buy(under, sku, 1))) return;
    }
  }

  async buy({ apis }: RestorableCell['under'], sku: string, quantity: number): Promise<boolean> {
    const [api] = apis;
    if (api === undefined) throw new TypeError('a cell has an API process');
    const { kind } = await buy(api, [{ sku, quantity }], { tries: 5 });
    if (kind === 'held') this.sold += quantity;
    return kind === 'held';
  }
}

describe('a cell that was restored from a backup', () => {
  let kafka: TestKafka;
  let cells: CellsUnderTest;
  let india: RestorableCell;
  let europe: RestorableCell;
  let number = 0;

  beforeAll(async () => {
    kafka = await testKafka();
    await kafka.createTopics(
      ['in-1', 'eu-1'].map((cell) => `${cell}.local.stock-witness.v1`),
      2,
    );
    cells = await openTwoCells();
    [india, europe] = [new RestorableCell(cells.in, kafka), new RestorableCell(cells.eu, kafka)];
  }, 180_000);
  afterAll(async () => {
    await Promise.all([india.close(), europe.close()]);
    await cells.close();
  }, 60_000);
  afterEach(async () => {
    cells.in.isCut = false;
    cells.eu.isCut = false;
    for (const { under } of [india, europe]) {
      expect(await findBreachesInSql(under.auditor)).toEqual([]);
    }
  });

  /** A SKU of which both cells have sold and Europe has borrowed, before and after the backup. */
  async function live(
    ...restorable: readonly RestorableCell[]
  ): Promise<{ sku: string; shoppers: Shoppers }> {
    number += 1;
    const sku = `lived-${number}`;
    const shares = [{ cell: europe.under.cell, quantity: 5 }];
    const lot = { sku, warehouse: 'blr', quantity: units, shares };
    await india.under.border.seedStock.execute(sku, [lot]);
    await india.under.border.reconcileChannels.execute();
    const shoppers = new Shoppers();
    await shoppers.buy(india.under, sku, 3);
    await shoppers.buy(europe.under, sku, 4);
    await tell(india, europe);
    for (const cell of restorable) await cell.backUp();
    await shoppers.buy(india.under, sku, 10);
    // more than Europe has: India grants, and forgets it if it is restored
    await shoppers.buy(europe.under, sku, 12);
    await shoppers.buy(europe.under, sku, 2);
    await tell(india, europe);
    return { sku, shoppers };
  }

  const tell = async (...told: readonly RestorableCell[]): Promise<void> => {
    for (const { worker } of told) await worker.tellMovements.execute();
  };

  /** No command sells, gives, ends or takes in anything. */
  async function expectClosed(restored: RestorableCell, other: RestorableCell, sku: string) {
    const pool = poolIdOf('blr', sku);
    const before = await restored.accounts(pool);
    const [api] = restored.under.apis;
    await expect(buyOne(restored, sku)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const order = newOrder(restored.under.cell);
    const reference = { pool, order, quantity: 1, reservation: uuidOf(2, 77) as never };
    await expect(api?.confirmReservations.execute([reference])).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    await expect(api?.releaseReservations.execute([reference])).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    expect(await api?.expireHolds.execute()).toBe(0);
    const [theirs] = other.under.apis;
    if (theirs === undefined) throw new TypeError('a cell has an API process');
    const more = (await other.accounts(pool))?.free ?? 0;
    const asked = await buy(theirs, [{ sku, quantity: more + 1 }], { tries: 2 });
    expect(asked.kind).toBe('unsettled');
    expect(await restored.accounts(pool)).toEqual(before);
  }

  /** What Europe answers when it is told what India gave of a pool. */
  async function apply(sku: string, told: Pick<Apply, 'total' | 'epoch'>) {
    const { cell: home } = india.under;
    const command: Apply = {
      ...{ kind: 'apply', pool: poolIdOf('blr', sku), home, peer: home },
      ...told,
    };
    const { verdicts } = await europe.under.border.lanes.submit([command]);
    return verdicts[0]?.outcome;
  }

  const buyOne = ({ under: { apis } }: RestorableCell, sku: string): Promise<unknown> => {
    const [api] = apis;
    if (api === undefined) throw new TypeError('a cell has an API process');
    return buy(api, [{ sku, quantity: 1 }], { tries: 1 });
  };

  it('refuses, is mended by its peer and its witness, and sells the rest: the cell that gave', async () => {
    const { sku, shoppers } = await live(india);
    const pool = poolIdOf('blr', sku);
    const lived = await india.accounts(pool);
    await india.restore();
    expect((await india.accounts(pool))?.sold).toBeLessThan(lived?.sold ?? 0);
    const { epoch: before } = (await india.standing()) ?? { epoch: 0 };

    const epoch = await india.worker.compareWithWitness.execute();
    expect(epoch).toBe(before + 1);
    expect(await india.standing()).toEqual({ state: 'RECOVERING', epoch });
    expect(await india.starting.compareWithMark.execute()).toBeUndefined();
    await expectClosed(india, europe, sku);

    europe.under.isCut = true;
    expect(await india.worker.recoverCell.execute()).toMatchObject({
      ...{ silentPeers: [europe.under.cell], isActive: false },
    });
    await expectClosed(india, europe, sku);
    europe.under.isCut = false;
    expect(await india.worker.recoverCell.execute()).toMatchObject({ epoch, isActive: true });
    expect(await india.worker.recoverCell.execute()).toBeUndefined();
    expect(await india.standing()).toEqual({ state: 'ACTIVE', epoch });

    expect(await india.accounts(pool)).toEqual(lived);
    await shoppers.buyAll(india, sku);
    await shoppers.buyAll(europe, sku);
    expect(shoppers.sold).toBe(units);
    await tell(india, europe);
  }, 120_000);

  it('takes what it was given and forgot for sold, until it is counted: the cell that took', async () => {
    const { sku, shoppers } = await live(europe);
    const pool = poolIdOf('blr', sku);
    const lived = await europe.accounts(pool);
    await europe.restore();
    const epoch = await europe.starting.compareWithMark.execute();
    expect(await europe.standing()).toEqual({ state: 'RECOVERING', epoch });
    await expectClosed(europe, india, sku);
    expect(await europe.worker.recoverCell.execute()).toMatchObject({ epoch, isActive: true });

    const mended = await europe.accounts(pool);
    expect(mended).toMatchObject({ applied: lived?.applied, sold: lived?.sold });
    // what was lent and not sold is in doubt: it might have been sold in the tail that no witness heard
    expect((mended?.free ?? 0) + (mended?.suspense ?? 0)).toBe(lived?.free);
    await shoppers.buyAll(europe, sku);
    await shoppers.buyAll(india, sku);
    const suspended = (await europe.accounts(pool))?.suspense ?? 0;
    expect(shoppers.sold + suspended).toBe(units);

    const resolve: Resolve = {
      ...{ kind: 'resolve', pool, home: india.under.cell, quantity: suspended },
      document: uuidOf(7, 1) as DocumentId,
    };
    if (suspended > 0) await europe.under.border.lanes.submit([resolve]);
    await shoppers.buyAll(europe, sku);
    expect(shoppers.sold).toBe(units);
    await tell(india, europe);
  }, 120_000);

  it('is found out by the file alone when all it forgot was what it gave', async () => {
    number += 1;
    const sku = `given-${number}`;
    await india.under.border.seedStock.execute(sku, [
      { sku, warehouse: 'blr', quantity: units, shares: [] },
    ]);
    await tell(india);
    await india.backUp();
    const shoppers = new Shoppers();
    await shoppers.buy(europe.under, sku, 30);
    await tell(india);
    await india.restore();
    const epoch = await india.starting.compareWithMark.execute();
    expect(await india.standing()).toEqual({ state: 'RECOVERING', epoch });
    expect(await india.worker.recoverCell.execute()).toMatchObject({ isActive: true });
    await shoppers.buyAll(india, sku);
    await shoppers.buyAll(europe, sku);
    expect(shoppers.sold).toBe(units);
  }, 120_000);

  it('speaks above every epoch that its peer has heard, and of an older one no pool is taken in', async () => {
    const { sku, shoppers } = await live(india);
    const { epoch: before } = (await india.standing()) ?? { epoch: 0 };
    const heard = before + 7;
    expect(await apply('late', { total: 1, epoch: heard })).toBe('APPLIED');
    await india.restore();
    await india.worker.compareWithWitness.execute();
    // it hears from its peer that it has been further, and begins again above that
    expect(await india.worker.recoverCell.execute()).toBeUndefined();
    expect(await india.standing()).toEqual({ state: 'RECOVERING', epoch: heard + 1 });
    expect(await india.worker.recoverCell.execute()).toMatchObject({ isActive: true });
    for (const unheard of [sku, 'never-heard-of']) {
      expect(await apply(unheard, { total: 1_000, epoch: heard })).toBe('STALE_EPOCH');
    }
    await shoppers.buyAll(india, sku);
    await shoppers.buyAll(europe, sku);
    expect(shoppers.sold).toBe(units);
    await tell(india, europe);
  }, 120_000);

  it('finds out by what its peer took in what no witness was told', async () => {
    number += 1;
    const sku = `untold-${number}`;
    const pool = poolIdOf('blr', sku);
    await india.under.border.seedStock.execute(sku, [
      { sku, warehouse: 'blr', quantity: 10, shares: [] },
    ]);
    await tell(india, europe);
    await india.backUp();
    const shoppers = new Shoppers();
    expect(await shoppers.buy(europe.under, sku, 3)).toBe(true);
    await india.restore();
    expect(await india.starting.compareWithMark.execute()).toBeUndefined();
    expect(await india.worker.compareWithPeers.execute()).toBeUndefined();
    expect(await india.accounts(pool)).toMatchObject({ free: 10, granted: 0 });

    const more = ((await europe.accounts(pool))?.free ?? 0) + 1;
    expect(await shoppers.buy(europe.under, sku, more)).toBe(false);
    expect(await india.standing()).toMatchObject({ state: 'RECOVERING' });
    expect(await india.worker.recoverCell.execute()).toMatchObject({ isActive: true });
    await shoppers.buyAll(india, sku);
    await shoppers.buyAll(europe, sku);
    expect(shoppers.sold).toBe(10);
    await tell(india, europe);
  }, 120_000);

  it('is told what may cross of its channels beside one that may not', async () => {
    const lots = ['9876543210', 'may-cross'].map((sku) => ({
      ...{ sku, warehouse: 'blr', quantity: 10 },
      shares: [{ cell: europe.under.cell, quantity: 5 }],
    }));
    await india.under.border.seedStock.execute('phones', lots);
    const { epoch } = (await europe.standing()) ?? {};
    const body = { peer: india.under.cell, epoch };
    const path = '/internal/v1/inventory/view';
    const view = await europe.under.client.call({ method: 'POST', path, body, deadlineMs: 5_000 });
    expect(view).toMatchObject({
      channels: expect.arrayContaining([{ pool: 'blr/may-cross', granted: 5, applied: 0 }]),
    });
    expect(() => inspectCellCall({}, view)).not.toThrow();
  }, 120_000);

  it('says of no goods how many it has while it recovers', async () => {
    const { sku } = await live(india);
    await india.restore();
    await india.worker.compareWithWitness.execute();
    const pool = poolIdOf('blr', sku);
    const question = { pool, level: 0, need: 0, acked: 0, isWaiting: true };
    await expect(
      india.under.border.grantStock.execute(europe.under.cell, [question]),
    ).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await india.worker.recoverCell.execute()).toMatchObject({ isActive: true });
    await tell(india, europe);
  }, 120_000);

  it('is mended by another that was restored too, each by its own witness first', async () => {
    const { sku, shoppers } = await live(india, europe);
    const pool = poolIdOf('blr', sku);
    const lived = { india: await india.accounts(pool), europe: await europe.accounts(pool) };
    for (const cell of [india, europe]) await cell.restore();
    for (const cell of [india, europe]) {
      await cell.worker.compareWithWitness.execute();
      expect(await cell.standing()).toMatchObject({ state: 'RECOVERING' });
      await expect(buyOne(cell, sku)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    }
    // it has heard its own witness; the other has not yet, and so tells nothing
    expect(await india.worker.recoverCell.execute()).toMatchObject({
      ...{ silentPeers: [europe.under.cell], isActive: false },
    });
    await expect(buyOne(india, sku)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await europe.worker.recoverCell.execute()).toMatchObject({ isActive: true });
    expect(await india.worker.recoverCell.execute()).toMatchObject({ isActive: true });

    expect(await india.accounts(pool)).toEqual(lived.india);
    const { applied, sold } = lived.europe ?? {};
    expect(await europe.accounts(pool)).toMatchObject({ applied, sold, deficit: 0 });
    await shoppers.buyAll(india, sku);
    await shoppers.buyAll(europe, sku);
    const suspended = (await europe.accounts(pool))?.suspense ?? 0;
    expect(shoppers.sold + suspended).toBe(units);
    await tell(india, europe);
  }, 120_000);

  it('does not let a peer take for sold out what it has forgotten', async () => {
    number += 1;
    const sku = `forgotten-${number}`;
    const [pool, { cell: home }] = [poolIdOf('blr', sku), india.under];
    await india.under.border.seedStock.execute(sku, [
      { sku, warehouse: 'blr', quantity: 3, shares: [] },
    ]);
    const shoppers = new Shoppers();
    await shoppers.buyAll(india, sku);
    await tell(india);
    await india.backUp();
    const receipt: Mint = {
      ...{ kind: 'mint', pool, home, quantity: 5, into: 'FREE' },
      document: uuidOf(7, 2) as DocumentId,
    };
    await india.under.border.lanes.submit([receipt]);
    await tell(india);
    await india.restore();
    await india.worker.compareWithWitness.execute();
    expect(await india.accounts(pool)).toMatchObject({ free: 0, sold: 3 });
    const [api] = europe.under.apis;
    if (api === undefined) throw new TypeError('a cell has an API process');
    expect((await buy(api, [{ sku, quantity: 1 }], { tries: 1 })).kind).toBe('unsettled');
    expect(await india.worker.recoverCell.execute()).toMatchObject({ isActive: true });
    await india.under.border.lanes.submit([receipt]);
    await shoppers.buyAll(europe, sku);
    expect(shoppers.sold).toBe(8);
  }, 120_000);

  it('is restored twice from one backup, and speaks in no epoch twice', async () => {
    const { sku, shoppers } = await live(india);
    const { epoch: before } = (await india.standing()) ?? { epoch: 0 };
    for (const epoch of [before + 1, before + 2]) {
      await india.restore();
      // as the command of a restore does, which can ask no witness
      expect(await india.worker.books.begin(before)).toBe(before + 1);
      await india.starting.compareWithMark.execute();
      expect(await india.standing()).toEqual({ state: 'RECOVERING', epoch });
      expect(await india.worker.recoverCell.execute()).toMatchObject({ epoch, isActive: true });
    }
    await shoppers.buyAll(india, sku);
    await shoppers.buyAll(europe, sku);
    expect(shoppers.sold).toBe(units);
    await tell(india, europe);
  }, 120_000);

  it('comes to the same end wherever the recovery dies on its way', async () => {
    const { sku, shoppers } = await live(india);
    const pool = poolIdOf('blr', sku);
    const lived = await india.accounts(pool);
    await india.restore();
    await india.worker.compareWithWitness.execute();
    let deaths = 0;
    while ((await india.standing())?.state === 'RECOVERING') {
      await expect(india.dyingAfter(deaths).execute()).rejects.toThrow('the process died');
      deaths += 1;
    }
    expect(deaths).toBeGreaterThan(5);
    expect(await india.accounts(pool)).toEqual(lived);
    await shoppers.buyAll(india, sku);
    await shoppers.buyAll(europe, sku);
    expect(shoppers.sold).toBe(units);
  }, 120_000);
});
