import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Metrics } from '@entrepot/platform-telemetry';
import { statement, type ShopDatabase } from '@entrepot/platform-database';
import { testDatabase, withClient, type TestDatabase } from '@entrepot/testing';
import pg from 'pg';
import { AuditMetrics } from '../src/adapters/auditing/audit-metrics.ts';
import { PgAuditLedger } from '../src/adapters/auditing/pg-audit-ledger.ts';
import { AuditBooks, type AuditReport } from '../src/application/auditing/audit-books.ts';
import { india } from './cells-under-test.ts';

const small = { entriesMax: 3, poolsMax: 2 };
const applySql = 'SELECT inventory.apply($1::jsonb)';
const apply = statement('audit_spec.apply', applySql);

const uuidOf = (kind: number, number: number) =>
  `${`${kind}`.padStart(8, '0')}-0000-5000-8000-${`${number}`.padStart(12, '0')}`;
const mint = (pool: string, number: number, quantity: number) => ({
  ...{ kind: 'mint', pool, home: india, document: uuidOf(1, number), quantity, into: 'FREE' },
});
const reservation = (kind: string, pool: string, number: number, quantity = 1) => ({
  ...{ kind, pool, reservation: uuidOf(2, number), quantity, group: `g${number}` },
  ...{ order: `ord_${india}_${`${number}`.padStart(26, '0')}`, holdSeconds: 600 },
});

describe('the auditor of the books', () => {
  let database: TestDatabase<'shop'>;
  let worker: ShopDatabase;
  let ledger: PgAuditLedger;
  let number = 0;
  const next = () => (number += 1);
  const write = (...commands: object[]) => worker.query(apply, [JSON.stringify(commands)]);
  const auditorOf = (bounds = { tip: small, whole: small }) =>
    new AuditBooks(india, ledger, bounds);
  const faultsOf = ({ findings }: AuditReport) => [...new Set(findings.map(({ fault }) => fault))];

  /** Past every door: no trigger fires, as after a restore or a fault of the disk. */
  const tamper = (sql: string) =>
    withClient(database.urlFor('superuser'), async (client) => {
      await client.query('BEGIN; SET LOCAL session_replication_role = replica');
      await client.query(sql);
      await client.query('COMMIT');
    });

  /** A scan of the whole journal takes as many runs as it has windows and slices. */
  async function runWhole(auditor: AuditBooks, runs = 40): Promise<string[]> {
    const faults = new Set<string>();
    for (let run = 0; run < runs; run += 1) {
      for (const fault of faultsOf(await auditor.execute())) faults.add(fault);
    }
    return [...faults];
  }

  beforeAll(async () => {
    database = await testDatabase('shop', { cell: india });
    worker = database.open('worker');
    ledger = new PgAuditLedger(worker, india);
  });
  afterAll(() => database.drop());

  /** A pool with units in every state that a sale knows, some of them given away. */
  let pool: string;
  beforeEach(async () => {
    pool = `blr/audit-${next()}`;
    const [held, sold, back] = [next(), next(), next()];
    await write(
      mint(pool, next(), 20),
      reservation('reserve', pool, held, 2),
      reservation('reserve', pool, sold, 3),
      reservation('reserve', pool, back),
    );
    await write(reservation('confirm', pool, sold, 3), reservation('release', pool, back), {
      kind: 'grant',
      pool,
      peer: 'eu-1',
      level: 5,
      ceiling: 5,
      acked: 0,
    });
  });

  it('finds nothing in books that were written by their door, in windows of any size', async () => {
    for (const bounds of [
      small,
      { entriesMax: 1, poolsMax: 1 },
      { entriesMax: 999, poolsMax: 9 },
    ]) {
      const report = await auditorOf({ tip: bounds, whole: bounds }).execute();
      expect(report).toMatchObject({ findings: [], isCaughtUp: true });
    }
    expect(await runWhole(auditorOf())).toEqual([]);
    const kept = await worker.query(
      statement(
        'audit_spec.sums',
        `SELECT sums -> 'balances' AS balances, sums -> 'channels' AS channels
         FROM inventory.audited_pool WHERE scan = 'tip' AND pool_id = $1`,
      ),
      [pool],
    );
    expect(kept).toMatchObject([
      { balances: { FREE: 10, HELD: 2, SOLD: 3 }, channels: { 'eu-1': { granted: 5 } } },
    ]);
  });

  it('reads what is new and no more', async () => {
    const auditor = auditorOf({ tip: { entriesMax: 1000, poolsMax: 1 }, whole: small });
    await auditor.execute();
    const bounds = { entriesMax: 1000, poolsMax: 1 };
    const idle = await ledger.readWindow('tip', bounds);
    expect(idle.pools.flatMap(({ fresh }) => fresh)).toEqual([]);
    await write(reservation('reserve', pool, next()));
    const { pools } = await ledger.readWindow('tip', bounds);
    expect(pools.filter(({ fresh }) => fresh.length > 0)).toMatchObject([
      { pool, fresh: [{ movement: 'RESERVE', units: 1 }] },
    ]);
  });

  /** A batch whose transaction stays open until it is told to commit, for longer than a process may keep one open. */
  async function openBatch(...commands: object[]) {
    const client = new pg.Client({ connectionString: database.urlFor('superuser') });
    await client.connect();
    await client.query('BEGIN');
    if (commands.length > 0) await client.query(applySql, [JSON.stringify(commands)]);
    return {
      client,
      commit: async () => {
        await client.query('COMMIT');
        await client.end();
      },
    };
  }

  it('misses nothing of a transaction that was under way, whose entries have lower numbers', async () => {
    const slow = await openBatch(reservation('reserve', pool, next(), 4));
    await write(mint(`blr/audit-${next()}`, next(), 7));
    const auditor = auditorOf({ tip: { entriesMax: 999, poolsMax: 9 }, whole: small });
    for (let turn = 0; turn < 3; turn += 1)
      expect(await auditor.execute()).toMatchObject({ findings: [], isCaughtUp: true });
    await slow.commit();
    for (let turn = 0; turn < 3; turn += 1)
      expect(await auditor.execute()).toMatchObject({ findings: [], isCaughtUp: true });
  });

  it('misses nothing of one that has a lower number and a higher transaction id', async () => {
    const auditor = auditorOf({ tip: { entriesMax: 999, poolsMax: 9 }, whole: small });
    await auditor.execute();
    const early = await openBatch();
    await early.client.query('SELECT pg_current_xact_id()');
    const late = await openBatch(reservation('reserve', pool, next(), 4));
    await early.client.query(applySql, [JSON.stringify([mint(`blr/audit-${next()}`, next(), 7)])]);
    await early.commit();
    for (let turn = 0; turn < 3; turn += 1) await auditor.execute();
    await late.commit();
    expect(await auditor.execute()).toMatchObject({ findings: [], isCaughtUp: true });
    expect(await runWhole(auditor)).toEqual([]);
  });

  it('reads no more than its bounds, and waits below the end for what is under way', async () => {
    const bounds = { entriesMax: 2, poolsMax: 2 };
    const auditor = auditorOf({ tip: bounds, whole: small });
    await auditor.execute();
    const slow = await openBatch(reservation('reserve', pool, next()));
    const others = Array.from({ length: 80 }, () => mint(`blr/audit-${next()}`, next(), 7));
    await write(...others);
    const waiting = await auditor.execute();
    expect(waiting).toMatchObject({ findings: [], isCaughtUp: false });
    await slow.commit();
    let report = await auditor.execute();
    expect(report.windows).toBeGreaterThan(40);
    for (let run = 0; run < 9 && !report.isCaughtUp; run += 1) report = await auditor.execute();
    expect(report).toMatchObject({ findings: [], isCaughtUp: true });
    const window = await ledger.readWindow('tip', bounds);
    expect(window.pools.length).toBeLessThanOrEqual(6);
    const due = await worker.query(
      statement(
        'audit_spec.due',
        `SELECT FROM inventory.audited_pool WHERE scan = 'tip' AND is_due`,
      ),
    );
    expect(due).toEqual([]);
  });

  it('tells for how long nobody has audited, and how much nobody has read', async () => {
    const auditor = auditorOf({ tip: { entriesMax: 999, poolsMax: 9 }, whole: small });
    await auditor.execute();
    expect(await ledger.measureDelay()).toMatchObject({ entries: 0 });
    await write(reservation('reserve', pool, next()), reservation('reserve', pool, next()));
    const { seconds, entries } = await ledger.measureDelay();
    expect(entries).toBe(2);
    expect(seconds).toBeGreaterThanOrEqual(0);
    expect(seconds).toBeLessThan(60);
    await tamper(`UPDATE inventory.audit_scan SET moved_at = now() - interval '1 hour'`);
    expect((await ledger.measureDelay()).seconds).toBeGreaterThanOrEqual(3600);
  });

  it('counts every entry once where two processes audit at a time', async () => {
    const both = [auditorOf(), auditorOf(), auditorOf()];
    for (let turn = 0; turn < 4; turn += 1) {
      await write(reservation('reserve', pool, next()));
      const reports = await Promise.all(both.map((auditor) => auditor.execute()));
      expect(reports.flatMap(({ findings }) => findings)).toEqual([]);
    }
  });

  it.each<[string, string, (of: string) => string, (of: string) => string]>([
    [
      'a balance that nobody booked',
      'JOURNAL_DIFFERS',
      (of) =>
        `UPDATE inventory.escrow SET free = free - 1, shipped = shipped + 1 WHERE pool_id = '${of}'`,
      (of) =>
        `UPDATE inventory.escrow SET free = free + 1, shipped = shipped - 1 WHERE pool_id = '${of}'`,
    ],
    [
      'a channel that has forgotten what it gave',
      'CHANNEL_REGRESSED',
      (of) =>
        `UPDATE inventory.quota_channel SET granted_total = granted_total - 2 WHERE pool_id = '${of}'`,
      (of) =>
        `UPDATE inventory.quota_channel SET granted_total = granted_total + 2 WHERE pool_id = '${of}'`,
    ],
    [
      'a shelf that is spoken for away from home',
      'FOREIGN_SHELF',
      (of) => `UPDATE inventory.stock_pool SET home_cell = 'eu-1' WHERE pool_id = '${of}'`,
      (of) => `UPDATE inventory.stock_pool SET home_cell = 'in-1' WHERE pool_id = '${of}'`,
    ],
  ])('finds %s, counts it, and clears it when it is mended', async (_, fault, harm, mend) => {
    const bounds = { entriesMax: 999, poolsMax: 999 };
    const auditor = auditorOf({ tip: bounds, whole: small });
    const metrics = new Metrics({ cell: india, process: 'worker' });
    const told = new AuditMetrics(metrics, ledger);
    const gauge = async () => {
      const { text } = await metrics.expose();
      const line = new RegExp(
        `^entrepot_inventory_audit_findings\\{code="${fault}".*\\} (\\d+)$`,
        'm',
      );
      return Number(line.exec(text)?.[1]);
    };
    await auditor.execute();
    await tamper(harm(pool));
    const found = await auditor.execute();
    told.note(found);
    expect(faultsOf(found)).toContain(fault);
    expect(await gauge()).toBe(1);
    await tamper(mend(pool));
    told.note(await auditor.execute());
    await runWhole(auditor, 12);
    expect(await gauge()).toBe(0);
  });

  it('finds a reservation that moved without an entry, until it is where its journal left it', async () => {
    const auditor = auditorOf({ tip: { entriesMax: 999, poolsMax: 999 }, whole: small });
    const of = next();
    await write(reservation('reserve', pool, of));
    const set = (state: string) =>
      tamper(
        `UPDATE inventory.reservation SET state = '${state}' WHERE reservation_id = '${uuidOf(2, of)}'`,
      );
    await set('CONFIRMED');
    expect(faultsOf(await auditor.execute())).toEqual(['RESERVATION_DIFFERS']);
    expect(await ledger.countOpen()).toContainEqual({ fault: 'RESERVATION_DIFFERS', pools: 1 });
    await auditor.execute();
    expect(await ledger.countOpen()).toContainEqual({ fault: 'RESERVATION_DIFFERS', pools: 1 });
    await set('HELD');
    await auditor.execute();
    expect(await ledger.countOpen()).not.toContainEqual({ fault: 'RESERVATION_DIFFERS', pools: 1 });
  });

  it('finds a journal that was rewritten by reading it again from its beginning', async () => {
    const auditor = auditorOf();
    await runWhole(auditor);
    await tamper(
      `UPDATE inventory.escrow_journal SET quantity = quantity + 1
       WHERE pool_id = '${pool}' AND movement = 'MINT'`,
    );
    expect(await runWhole(auditor)).toContain('JOURNAL_DIFFERS');
    await tamper(
      `UPDATE inventory.escrow_journal SET quantity = quantity - 1
       WHERE pool_id = '${pool}' AND movement = 'MINT'`,
    );
    expect(await runWhole(auditor, 60)).toBeDefined();
    expect(await ledger.countOpen()).toEqual([]);
  });
});
