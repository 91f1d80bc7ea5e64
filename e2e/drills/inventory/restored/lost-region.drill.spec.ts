import { ProblemError } from '@entrepot/client';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';

import { cutBorder, healBorder } from '../border-faults.ts';
import { asker, lender, soldToTheLast, StockGround } from '../stock-ground.ts';

const limitMs = 900_000;
/** Each side begins with half of them. */
const units = 20;
const soldBefore = 3;
const atRisk = units / 2 - soldBefore;

interface Declaration {
  readonly declaration: string;
}

interface Cases {
  readonly items: readonly { readonly case: number; readonly sku: string; readonly kind: string }[];
}

describe('A region that is lost', () => {
  const ground = new StockGround();
  afterEach(() => ground.mend(), limitMs);
  afterAll(() => ground.close());

  const operator = (person: number) =>
    ground.floor.staffToken(ground.floor.cell(lender.cell), 'operator', person);
  const asStaff = (token: string, path: string, body: object): Promise<unknown> =>
    ground.floor.call(ground.floor.cell(lender.cell), token, {
      path: `/admin/v1/stock/${path}`,
      body,
    });

  it(
    'F18 is gone on without by the word of two operators, and what it had is sold once it was counted',
    async () => {
      const sku = await ground.article(units);
      const bought = await ground.buy(asker, { sku, quantity: soldBefore });
      expect(bought).toMatchObject({ end: 'confirmed' });
      const [before, lostBefore] = [await ground.standing(lender), await ground.standing(asker)];
      await cutBorder();

      const [first, second] = [await operator(0), await operator(1)];
      const claims = [{ warehouse: 'blr', sku, quantity: atRisk }];
      const said = { cell: asker.cell, fence: 'ingress-closed', claims };
      const { declaration } = (await asStaff(first, 'lost-cells', said)) as Declaration;
      const approval = `lost-cells/${declaration}/approval`;
      const alone = asStaff(first, approval, {});
      await expect(alone).rejects.toThrow(ProblemError);
      await expect(alone).rejects.toMatchObject({ code: 'LOST_CELL_NEEDS_ANOTHER_PERSON' });
      await asStaff(second, approval, {});
      await ground.untilActive(lender, before.epoch);

      const all = await ground.buy(lender, { sku, quantity: units / 2 });
      expect(all).toMatchObject({ end: 'confirmed' });
      const doubtful = await ground.buy(lender, { sku, quantity: 1, patienceMs: 3_000 });
      expect(doubtful.end).toBe('open');
      await ground.document('suspense/resolutions', { sku, quantity: atRisk });
      const warehouse = await ground.floor.staffToken(ground.floor.cell(lender.cell), 'warehouse');
      const { items } = (await ground.floor.read(
        ground.floor.cell(lender.cell),
        warehouse,
        '/admin/v1/stock/recovery-cases?limit=200',
      )) as Cases;
      const found = items.find((one) => one.sku === sku && one.kind === 'AT_RISK_UNITS');
      await asStaff(warehouse, `recovery-cases/${found?.case ?? 0}/decision`, {
        decision: 'counted',
      });
      expect(await ground.buy(lender, { sku, quantity: atRisk })).toMatchObject({
        end: 'confirmed',
      });

      await healBorder();
      await ground.untilActive(asker, lostBefore.epoch);
      expect(await ground.sellOut(sku, 0)).toBe(soldToTheLast(0));
    },
    limitMs,
  );
});
