import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type {
  LostCellsPage,
  LostCellView,
  RecoveryCasesPage,
  RecoveryCaseView,
} from '@entrepot/contracts/api/stock-recovery';
import { newCellId } from '@entrepot/kernel';
import { statement, type ShopDatabase } from '@entrepot/platform-database';
import { testKafka } from '@entrepot/testing';
import type { Apply, Transition } from '../src/domain/commands.ts';
import { poolIdOf } from '../src/domain/pool.ts';
import { findBreachesInSql } from './books-in-sql.ts';
import { buy, openTwoCells, type CellsUnderTest } from './cells-under-test.ts';
import { RestorableCell } from './restorable-cell.ts';
import { openWarehouse, type Sent, type Warehouse } from './warehouse-surface.ts';

interface Problem {
  readonly code: string;
  readonly units?: number;
  readonly errors?: readonly { readonly path: string; readonly code: string }[];
}

const countCases = statement(
  'lost_cell_test.count_cases',
  'SELECT kind, quantity::int FROM inventory.recovery_case ORDER BY seq',
);
const age = statement(
  'lost_cell_test.age',
  `INSERT INTO inventory.lost_cell (declaration_id, peer, fence, proposed_by, proposed_at)
   VALUES ($1, 'eu-1', 'destroyed', $2, now() - interval '61 minutes')`,
);

const findSale = statement(
  'lost_cell_test.find_sale',
  `SELECT r.reservation_id AS reservation, r.pool_id AS pool, r.order_id AS "order", r.quantity::int
   FROM inventory.recovery_case c JOIN inventory.reservation r ON r.reservation_id = c.reference::uuid
   WHERE c.seq = $1`,
);
const decideAnew = statement(
  'lost_cell_test.decide_anew',
  `UPDATE inventory.recovery_case SET decision = 'kept' WHERE seq = $1`,
);
const insertWhole = statement(
  'lost_cell_test.insert_whole',
  `INSERT INTO inventory.lost_cell
     (declaration_id, peer, fence, proposed_by, approved_by, approved_at, closed_below)
   VALUES ($1, 'eu-1', 'destroyed', $2, $3, now(), 2)`,
);
const claim = (of: object = {}) => ({ ...{ warehouse: 'blr', sku: 'never', quantity: 1 }, ...of });

let cells: CellsUnderTest;
let india: RestorableCell;
let europe: RestorableCell;
let shop: ShopDatabase;
let staff: Warehouse;
let number = 0;

beforeAll(async () => {
  const kafka = await testKafka();
  const topics = ['in-1', 'eu-1'].map((cell) => `${cell}.local.stock-witness.v1`);
  await kafka.createTopics(topics, 2);
  cells = await openTwoCells();
  [india, europe] = [new RestorableCell(cells.in, kafka), new RestorableCell(cells.eu, kafka)];
  shop = cells.in.database.open('api');
  staff = await openWarehouse(shop);
}, 180_000);
afterAll(async () => {
  await staff.app.close();
  await Promise.all([india.close(), europe.close()]);
  await cells.close();
}, 60_000);
afterEach(async () => {
  for (const { under } of [india, europe]) {
    under.isCut = false;
    expect(await findBreachesInSql(under.auditor)).toEqual([]);
  }
});

/** Ten units of an article, five of which Europe may sell. */
async function stock(): Promise<string> {
  number += 1;
  const sku = `shared-${number}`;
  const lot = { sku, warehouse: 'blr', quantity: 10 };
  await cells.in.border.seedStock.execute(sku, [
    { ...lot, shares: [{ cell: europe.under.cell, quantity: 5 }] },
  ]);
  await cells.in.border.reconcileChannels.execute();
  return sku;
}

async function sell(
  { under: { apis } }: RestorableCell,
  sku: string,
  quantity: number,
): Promise<string> {
  const [api] = apis;
  if (api === undefined) throw new TypeError('a cell has an API process');
  return (await buy(api, [{ sku, quantity }], { tries: 3 })).kind;
}

const declare = (body: object, of: Pick<Sent, 'key' | 'role'> = {}) =>
  staff.call<LostCellView & Problem>('lost-cells', { body, role: 'operator', ...of });
const approve = (declaration: string, of: Pick<Sent, 'by' | 'role'> = {}) =>
  staff.call<LostCellView & Problem>(`lost-cells/${declaration}/approval`, {
    ...{ method: 'POST', role: 'operator', by: newCellId('staff', india.under.cell) },
    ...of,
  });
const cases = async (state: 'open' | 'decided' = 'open') => {
  const { body } = await staff.call<RecoveryCasesPage>(`recovery-cases?state=${state}`);
  return body.items;
};
const decide = (of: number, decision: string) =>
  staff.call<RecoveryCaseView & Problem>(`recovery-cases/${of}/decision`, { body: { decision } });

describe('another cell that is lost', () => {
  it.each<[object, number, string]>([
    [{ cell: 'eu-1' }, 400, 'fence'],
    [{ cell: 'eu-1', fence: 'a promise' }, 400, 'fence'],
    [{ cell: 'Europe', fence: 'destroyed' }, 400, 'cell'],
    [{ cell: 'in-1', fence: 'destroyed' }, 404, 'cell'],
    [
      { cell: 'eu-1', fence: 'destroyed', claims: [claim({ quantity: 0 })] },
      400,
      'claims/0/quantity',
    ],
    [{ cell: 'eu-1', fence: 'destroyed', claims: [claim(), claim()] }, 400, 'claims/1/sku'],
    [
      { cell: 'eu-1', fence: 'destroyed', claims: [claim({ warehouse: 'BLR' })] },
      400,
      'claims/0/warehouse',
    ],
    [{ cell: 'eu-1', fence: 'destroyed', claims: [claim()] }, 409, 'claims/0/quantity'],
    [{ cell: 'eu-1', fence: 'destroyed', claims: Array(1_001).fill(claim()) }, 400, 'claims'],
  ])('is not declared by %j', async (body, status, path) => {
    const answer = await declare(body);
    expect(answer.status).toBe(status);
    expect(answer.body.errors?.map((error) => error.path)).toContain(path);
  });

  it('is declared by two operators, of whom neither is the other, within an hour', async () => {
    const said = { cell: 'eu-1', fence: 'power-off' };
    const { status, body } = await declare(said);
    expect({ status, body }).toMatchObject({ status: 201, body: { state: 'PROPOSED', ...said } });
    const same = await approve(body.declaration, { by: staff.staffId });
    expect(same).toMatchObject({ status: 403, body: { code: 'LOST_CELL_NEEDS_ANOTHER_PERSON' } });
    const unknown = await approve('00000000-0000-4000-8000-000000000000');
    expect(unknown.status).toBe(404);
    const old = '00000000-0000-4000-8000-000000000001';
    await cells.in.database.open('superuser').execute(age, [old, staff.staffId]);
    expect(await approve(old)).toMatchObject({ status: 409, body: { code: 'LOST_CELL_LAPSED' } });
    expect(await india.standing()).toMatchObject({ state: 'ACTIVE' });
  });

  it('is for operators alone, and the cases are for the warehouse', async () => {
    for (const role of ['warehouse', 'support', 'merchandiser', 'privacy-officer']) {
      expect((await declare({ cell: 'eu-1', fence: 'power-off' }, { role })).status).toBe(403);
      expect((await approve(randomUUID(), { role })).status).toBe(403);
      expect((await staff.call('lost-cells', { role })).status).toBe(403);
    }
    for (const role of ['operator', 'support']) {
      expect((await staff.call('recovery-cases', { role })).status).toBe(403);
      const body = { decision: 'counted' };
      expect((await staff.call('recovery-cases/1/decision', { role, body })).status).toBe(403);
    }
  });

  it('is proposed once per key', async () => {
    const key = randomUUID();
    const said = { cell: 'eu-1', fence: 'power-off' };
    const first = await declare(said, { key });
    expect((await declare(said, { key })).body.declaration).toBe(first.body.declaration);
    const other = await declare({ ...said, fence: 'destroyed' }, { key });
    expect(other).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    expect((await declare(said, { key: null })).body.code).toBe('IDEMPOTENCY_KEY_REQUIRED');
  });

  it('gives back no more than it can have, when it is proposed and when it is approved', async () => {
    const sku = await stock();
    const said = { cell: 'eu-1', fence: 'destroyed' };
    const tooHigh = await declare({ ...said, claims: [claim({ sku, quantity: 6 })] });
    expect(tooHigh).toMatchObject({ status: 409, body: { code: 'LOST_CLAIM_TOO_HIGH' } });
    const { body } = await declare({ ...said, claims: [claim({ sku, quantity: 5 })] });
    // Europe gives some of them back meanwhile
    expect(await sell(india, sku, 8)).toBe('held');
    const answer = await approve(body.declaration);
    expect(answer).toMatchObject({ status: 409, body: { code: 'LOST_CLAIM_TOO_HIGH' } });
    expect(await india.standing()).toMatchObject({ state: 'ACTIVE' });
  });

  it('is not declared past the second person, not even by the login of the API', async () => {
    const [api, root] = (['api', 'superuser'] as const).map((login) =>
      cells.in.database.open(login),
    );
    const [one, other] = [staff.staffId, newCellId('staff', india.under.cell)];
    const whole = [randomUUID(), one, other];
    await expect(api?.execute(insertWhole, whole)).rejects.toMatchObject({ code: '42501' });
    const alone = root?.execute(insertWhole, [randomUUID(), one, one]);
    await expect(alone).rejects.toMatchObject({ constraint: 'lost_cell_four_eyes' });
  });

  it('is gone on without; its units are at risk until counted, and owed by it when it comes back', async () => {
    const sku = await stock();
    const pool = poolIdOf('blr', sku);
    expect(await sell(europe, sku, 2)).toBe('held');
    cells.eu.isCut = true;
    // one more than it has left: it sold that unit after it was heard last
    const claims = [{ warehouse: 'blr', sku, quantity: 4 }];
    const { body } = await declare({ cell: 'eu-1', fence: 'credentials-revoked', claims });
    const approver = newCellId('staff', india.under.cell);
    expect(await approve(body.declaration, { by: approver })).toMatchObject({
      ...{ status: 200, body: { state: 'LOST', approvedBy: approver } },
    });
    expect((await approve(body.declaration, { by: approver })).status).toBe(200);
    const again = await declare({ cell: 'eu-1', fence: 'destroyed' });
    expect((await approve(again.body.declaration)).body.code).toBe('LOST_CELL_DECLARED');
    expect(await india.standing()).toMatchObject({ state: 'RECOVERING' });
    expect(await india.accounts(pool)).toMatchObject({ free: 5, suspense: 4, applied: 4 });

    expect(await india.worker.recoverCell.execute()).toMatchObject({
      ...{ silentPeers: [], lostPeers: ['eu-1'], isActive: true },
    });
    const late: Apply = {
      ...{ kind: 'apply', pool, home: india.under.cell, peer: europe.under.cell },
      ...{ total: 9, epoch: 1 },
    };
    const { verdicts } = await cells.in.border.lanes.submit([late]);
    expect(verdicts[0]?.outcome).toBe('STALE_EPOCH');

    const [atRisk, ...others] = await cases();
    expect(atRisk).toMatchObject({ kind: 'AT_RISK_UNITS', sku, quantity: 4, cell: 'eu-1' });
    expect(others).toEqual([]);
    const early = await decide(atRisk?.case ?? 0, 'counted');
    expect(early).toMatchObject({
      status: 409,
      body: { code: 'RECOVERY_CASE_UNSETTLED', units: 4 },
    });
    const counted = { lines: [{ warehouse: 'blr', sku, quantity: 4 }] };
    expect((await staff.call('suspense/resolutions', { body: counted })).status).toBe(201);
    expect((await decide(atRisk?.case ?? 0, 'counted')).status).toBe(200);
    expect(await cases()).toEqual([]);
    expect(await sell(india, sku, 9)).toBe('held');

    cells.eu.isCut = false;
    expect(await europe.worker.compareWithPeers.execute()).toBeGreaterThan(1);
    await expect(sell(europe, sku, 1)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await europe.worker.recoverCell.execute()).toMatchObject({ isActive: true });
    expect(await europe.accounts(pool)).toMatchObject({ free: 0, sold: 2, deficit: 1 });
    expect(await europe.under.auditor.query(countCases)).toEqual([
      { kind: 'OWED_UNITS', quantity: 1 },
    ]);
    const { body: listed } = await staff.call<LostCellsPage>('lost-cells', { role: 'operator' });
    const returned = listed.items.find(({ declaration }) => declaration === body.declaration);
    expect(returned).toMatchObject({ state: 'RETURNED', claims });
    expect(await europe.worker.compareWithPeers.execute()).toBeUndefined();
  }, 120_000);

  it('hears what was taken back from it also where it had declared this one lost, whatever its epoch', async () => {
    const sku = await stock();
    const pool = poolIdOf('blr', sku);
    for (const { under } of [india, europe]) under.isCut = true;
    const claims = [{ warehouse: 'blr', sku, quantity: 5 }];
    const { body } = await declare({ cell: 'eu-1', fence: 'ingress-closed', claims });
    expect((await approve(body.declaration)).status).toBe(200);
    const [declaration, proposedBy] = [randomUUID(), newCellId('staff', europe.under.cell)];
    const said = { declaration, proposedBy, peer: india.under.cell, claims: [] };
    const lostCells = europe.under.apis[0]?.lostCells;
    await lostCells?.propose({ ...said, fence: 'ingress-closed' });
    const approver = newCellId('staff', europe.under.cell);
    expect(await lostCells?.approve(declaration, approver)).toBe('DECLARED');
    for (const { worker } of [india, europe]) {
      expect(await worker.recoverCell.execute()).toMatchObject({ isActive: true });
    }
    expect(await sell(europe, sku, 5)).toBe('held');

    for (const { under } of [india, europe]) under.isCut = false;
    for (const cell of [europe, india]) {
      const { epoch = 0 } = (await cell.standing()) ?? {};
      expect(await cell.worker.compareWithPeers.execute()).toBeGreaterThan(epoch);
      expect(await cell.worker.recoverCell.execute()).toMatchObject({ isActive: true });
    }
    expect(await europe.accounts(pool)).toMatchObject({ sold: 5, granted: 5, deficit: 5 });
    expect(await india.accounts(pool)).toMatchObject({ free: 5, suspense: 5 });
    for (const { worker } of [india, europe]) {
      expect(await worker.books.findLost()).toEqual([]);
      expect(await worker.compareWithPeers.execute()).toBeUndefined();
    }
  }, 120_000);
});

describe('a sale that the books had forgotten', () => {
  it('waits for a decision, and gives its units back if it is cancelled', async () => {
    const sku = await stock();
    const pool = poolIdOf('blr', sku);
    await india.backUp();
    expect(await sell(india, sku, 1)).toBe('held');
    expect(await sell(india, sku, 2)).toBe('held');
    await india.worker.tellMovements.execute();
    await india.restore();
    await india.worker.compareWithWitness.execute();
    expect(await india.worker.recoverCell.execute()).toMatchObject({ isActive: true });
    expect(await india.accounts(pool)).toMatchObject({ sold: 3, free: 2 });

    const found = (await cases()).filter((of) => of.sku === sku);
    expect(found.map(({ kind, quantity }) => ({ kind, quantity }))).toEqual(
      expect.arrayContaining([
        { kind: 'FORGOTTEN_SALE', quantity: 1 },
        { kind: 'FORGOTTEN_SALE', quantity: 2 },
      ]),
    );
    expect(found.every(({ order }) => order?.startsWith('ord_in-1_'))).toBe(true);
    const of = (quantity: number) => found.find((one) => one.quantity === quantity)?.case ?? 0;
    const unfit = await decide(of(1), 'counted');
    expect(unfit).toMatchObject({ status: 422, body: { code: 'RECOVERY_DECISION_UNFIT' } });
    expect(unfit.body.errors?.[0]?.path).toBe('decision');
    const [sale] = await india.under.auditor.query<Omit<Transition, 'kind'>>(findSale, [of(1)]);
    if (sale === undefined) throw new TypeError('the sale of a case is a reservation');
    await india.under.border.lanes.submit([{ kind: 'ship', ...sale }]);
    const gone = await decide(of(1), 'cancelled');
    expect(gone).toMatchObject({ status: 422, body: { code: 'RECOVERY_DECISION_UNFIT' } });
    expect((await decide(of(1), 'kept')).status).toBe(200);
    const cancelled = await decide(of(2), 'cancelled');
    expect(cancelled.body).toMatchObject({ decision: 'cancelled', decidedBy: staff.staffId });
    expect((await decide(of(2), 'cancelled')).status).toBe(200);
    expect((await decide(of(2), 'kept')).body.code).toBe('RECOVERY_CASE_DECIDED');
    expect((await decide(999_999, 'kept')).status).toBe(404);
    const root = cells.in.database.open('superuser');
    await expect(root.execute(decideAnew, [of(2)])).rejects.toMatchObject({ code: '23000' });
    expect(await india.accounts(pool)).toMatchObject({ shipped: 1, sold: 0, free: 4 });
    expect((await cases('decided')).filter((one) => one.sku === sku)).toHaveLength(2);
  }, 120_000);

  it('is listed in one statement, however many there are', async () => {
    for (const list of ['recovery-cases?state=decided', 'recovery-cases?state=open']) {
      for (const limit of [1, 200]) {
        const before = shop.statementsSent;
        expect((await staff.call(`${list}&limit=${limit}`)).status).toBe(200);
        expect(shop.statementsSent - before).toBe(1);
      }
    }
    const bad = await staff.call<Problem>('recovery-cases?limit=201&state=lost');
    expect(bad.status).toBe(400);
    expect(bad.body.errors?.map(({ path }) => path).toSorted()).toEqual(['limit', 'state']);
    const first = await staff.call<RecoveryCasesPage>('recovery-cases?state=decided&limit=1');
    const after = first.body.nextAfter ?? 0;
    const next = await staff.call<RecoveryCasesPage>(`recovery-cases?state=decided&after=${after}`);
    expect(after).toBe(first.body.items[0]?.case);
    expect(next.body.items.map((one) => one.case)).not.toContain(after);
  }, 120_000);
});
