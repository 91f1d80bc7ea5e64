import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, afterEach, describe, expect, it } from '@jest/globals';

import { must } from '../../../src/operator.ts';
import { cutBorder, healBorder } from '../border-faults.ts';
import { GrantRecords } from '../grant-records.ts';
import { asker, lender, sides, soldToTheLast, StockGround } from '../stock-ground.ts';
import type { Side } from '../stock-ground.ts';

const limitMs = 900_000;
/** Each side begins with half of them. */
const units = 20;
/** The asker has to borrow for it. */
const borrowed = 13;
const lent = 2;
const left = units - borrowed - lent;
/** The witness of stock is a quarter of a second behind in quiet times. */
const toldToWitnessMs = 3_000;
const consumerGroup = 'border.inventory.quota-grants';

describe('A side whose shop is restored from before a borrow', () => {
  const ground = new StockGround();
  const folder = mkdtempSync(join(tmpdir(), 'entrepot-drill-'));
  let isStopped = false;
  afterEach(async () => {
    if (isStopped) await must('start', '--detach');
    isStopped = false;
    await ground.mend();
  }, limitMs);
  afterAll(async () => {
    await ground.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function backup({ cell }: Side): Promise<string> {
    await must('backup', '--cell', cell, '--to', folder);
    const newest = readdirSync(join(folder, cell)).toSorted().at(-1);
    if (newest === undefined) throw new TypeError(`there is no backup of ${cell}`);
    return join(folder, cell, newest);
  }

  async function restore({ cell }: Side, set: string): Promise<void> {
    await must('stop');
    isStopped = true;
    await must('restore', '--cell', cell, '--from', set, '--clusters', 'shop');
    await must('start', '--detach');
    isStopped = false;
  }

  it.each(sides)(
    'C9 F15 $cell: it sells again in a new epoch, each unit once, whatever is told in the old one',
    async (side) => {
      const sku = await ground.article(units);
      const heard = () => GrantRecords.heardBy(ground.floor.cell(asker.cell), lender.cell);
      const ofOldEpoch = await heard().about(sku);
      expect(ofOldEpoch).not.toEqual([]);
      const set = await backup(side);
      const { epoch } = await ground.standing(side);
      expect(await ground.buy(asker, { sku, quantity: borrowed })).toMatchObject({
        end: 'confirmed',
      });
      expect(await ground.buy(lender, { sku, quantity: lent })).toMatchObject({ end: 'confirmed' });
      await sleep(toldToWitnessMs);
      await restore(side, set);
      await ground.untilActive(side, epoch);
      const applied = await ground.applied(sku);
      await heard().tellAgain(ofOldEpoch);
      await heard().untilHandledBy(consumerGroup);
      expect(await ground.applied(sku)).toBe(applied);
      expect(await ground.sellOut(sku, left)).toBe(soldToTheLast(left));
    },
    limitMs,
  );

  it.each(sides)(
    'C9 $cell: it sells nothing before it has heard the other side, which goes on selling',
    async (side) => {
      const other = side === asker ? lender : asker;
      const sku = await ground.article(units);
      const { epoch } = await ground.standing(side);
      await cutBorder();
      await ground.inShop(side.cell, (client) =>
        client.query('SELECT inventory.begin_recovery($1)', [epoch]),
      );
      const refused = await ground.buy(side, { sku, quantity: 1, patienceMs: 5_000 });
      expect(refused).toMatchObject({ end: 'open', code: 'UNAVAILABLE' });
      expect(await ground.buy(other, { sku, quantity: 1 })).toMatchObject({ end: 'confirmed' });
      await healBorder();
      await ground.untilActive(side);
      const again = await ground.order(side, ground.floor.through(refused.filled, 0), refused.key);
      expect(again).toMatchObject({ end: 'confirmed' });
      expect(await ground.sellOut(sku, units - 2)).toBe(soldToTheLast(units - 2));
    },
    limitMs,
  );
});
