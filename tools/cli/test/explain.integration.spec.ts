import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { repositoryRoot, StackLock, withClient, writeDescription } from '@entrepot/stack';
import type { DescribedCell, StackDescription } from '@entrepot/stack';
import { testDatabase } from '@entrepot/testing';
import type { TestDatabase } from '@entrepot/testing';
import { execFile } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ids = ['in-1', 'eu-1'] as const;
type Id = (typeof ids)[number];
const shops = new Map<Id, TestDatabase<'shop'>>();
let home: string;

const pool = 'blr/mug';
const orderOf = (cell: Id, number: number) => `ord_${cell}_${`${number}`.padStart(26, '0')}`;
const uuidOf = (kind: number, number: number) =>
  `${`${kind}`.padStart(8, '0')}-0000-5000-8000-${`${number}`.padStart(12, '0')}`;
const reserve = (cell: Id, number: number, quantity: number) => ({
  ...{ kind: 'reserve', pool, reservation: uuidOf(2, number), order: orderOf(cell, number) },
  ...{ group: 'g', quantity, holdSeconds: 600 },
});
const applySql = 'SELECT inventory.apply($1::jsonb)';

/** India takes in 50, loses 2, gives 20 of which 15 have arrived; both sell and hold some. */
const lives: Readonly<Record<Id, readonly object[]>> = {
  'in-1': [
    { kind: 'mint', pool, home: 'in-1', document: uuidOf(1, 1), quantity: 50, into: 'FREE' },
    { kind: 'writeOff', pool, home: 'in-1', document: uuidOf(1, 2), quantity: 2, from: 'FREE' },
    reserve('in-1', 1, 4),
    { kind: 'grant', pool, peer: 'eu-1', level: 15, ceiling: 15, acked: 0 },
    { kind: 'grant', pool, peer: 'eu-1', level: 20, ceiling: 5, acked: 15 },
  ],
  'eu-1': [
    { kind: 'apply', pool, home: 'in-1', peer: 'in-1', total: 15, epoch: 1 },
    reserve('eu-1', 2, 3),
    { ...reserve('eu-1', 2, 3), kind: 'confirm' },
  ],
};

const urlOf = (id: Id, database: string): string => {
  const url = new URL(shops.get(id)?.urlFor('superuser') ?? '');
  url.pathname = `/${database}`;
  return url.href;
};

/** The verb opens the databases that a stack has, so each cell has a server of its own here to call it so. */
async function openCell(id: Id): Promise<DescribedCell> {
  const shop = await testDatabase('shop', { cell: id, ownServer: `explain-${id}` });
  shops.set(id, shop);
  await withClient(shop.urlFor('worker'), async (worker) => {
    for (const command of lives[id]) await worker.query(applySql, [JSON.stringify([command])]);
  });
  await withClient(urlOf(id, 'postgres'), async (client) => {
    const { rows } = await client.query<{ readonly hba_file: string }>('SHOW hba_file');
    appendFileSync(rows[0]?.hba_file ?? '', 'host shop shop_audit 127.0.0.1/32 scram-sha-256\n');
    await client.query('SELECT pg_reload_conf()');
    await client.query(`ALTER DATABASE ${shop.name} RENAME TO shop`);
  });
  const { port, password } = new URL(shop.urlFor('audit'));
  const secrets = join(home, 'secrets', id);
  mkdirSync(join(secrets, 'postgres'), { recursive: true });
  const file = join(secrets, 'postgres', 'shop_audit');
  writeFileSync(file, decodeURIComponent(password), { mode: 0o600 });
  const cell: Partial<DescribedCell> = { id, secrets, databasePorts: { shop: Number(port) } };
  return cell as DescribedCell;
}

const describeStack = (cells: readonly DescribedCell[]): void => {
  const description: Partial<StackDescription> = { cells };
  writeDescription(join(home, 'stack.json'), description as StackDescription);
};

interface Answer {
  readonly code: number;
  readonly output: string;
  readonly error: string;
}

function explain(...args: readonly string[]): Promise<Answer> {
  const command = ['--import', './tools/loader.mjs', 'tools/cli/src/main.ts', 'explain', 'unit'];
  const options = { cwd: repositoryRoot, env: { ...process.env, ENTREPOT_HOME: home } };
  return new Promise((resolve) => {
    execFile(process.execPath, [...command, ...args], options, (failure, output, error) => {
      const code = typeof failure?.code === 'number' ? failure.code : failure === null ? 0 : -1;
      resolve({ code, output, error });
    });
  });
}

describe('entrepot explain unit', () => {
  let cells: DescribedCell[];

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'entrepot-explain-'));
    // this process stands in for the supervisor, whose life is what says that a stack runs
    StackLock.take(join(home, 'run', 'stack.lock'));
    cells = [];
    for (const id of ids) cells.push(await openCell(id));
    describeStack(cells);
  });
  afterAll(async () => {
    for (const [id, shop] of shops) {
      await withClient(urlOf(id, 'postgres'), (client) =>
        client.query(`ALTER DATABASE shop RENAME TO ${shop.name}`),
      );
      await shop.drop();
    }
    rmSync(home, { recursive: true, force: true });
  });

  it('says where all units are, who holds them and what is on its way', async () => {
    const { code, output, error } = await explain('mug');
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(output).toContain('50 came in − 2 written off = 43 here + 5 on their way');
    expect(output).toMatch(/5 {2}in-1 to eu-1, since \d{4}-/);
    expect(output).toMatch(new RegExp(`${orderOf('in-1', 1)} +4 {2}held until`));
    expect(output).toMatch(new RegExp(`${orderOf('eu-1', 2)} +3 {2}sold, not shipped`));
    expect(output).toMatch(/2 +free ─▶ written off +write_off · writeOff /);
    expect(output.match(/Books, journal, reservations and channels agree\./g)).toHaveLength(2);
  });

  it('shows the newest movements only, and says how many more there are', async () => {
    const { output } = await explain('mug', '--cell', 'in-1', '--newest', '2');
    expect(output).toContain('5 movements; the newest 2, 3 more with --newest 5:');
    expect(output).not.toContain('came in');
  });

  it('tells programs the same, of all cells without an order', async () => {
    const all = await explain('mug', '--json');
    expect(all.output).not.toContain('ord_');
    expect(JSON.parse(all.output)).toMatchObject({
      pools: [{ pool, totals: { free: 36, held: 4, sold: 3 }, transits: [{ most: 5 }] }],
    });
    const one = await explain('mug', '--json', '--cell', 'in-1');
    expect(JSON.parse(one.output)).toMatchObject({
      pools: [{ newestOrders: [{ orderId: orderOf('in-1', 1), units: 4 }] }],
    });
  });

  it('finds books that do not agree with their journal', async () => {
    const shift = (by: number) =>
      withClient(urlOf('eu-1', 'shop'), async (client) => {
        await client.query('BEGIN; SET LOCAL session_replication_role = replica');
        await client.query(
          'UPDATE inventory.escrow SET free = free - $1::bigint, sold = sold + $1::bigint',
          [by],
        );
        await client.query('COMMIT');
      });
    await shift(1);
    const { code, output } = await explain('mug');
    await shift(-1);
    expect(code).toBe(1);
    expect(output).toContain('WRONG  eu-1 JOURNAL_DIFFERS: account free, balance 11, journal 12');
    expect(output).toContain('WRONG  eu-1 RESERVATIONS_DIFFER: account sold, balance 4');
  });

  it('takes a cell that cannot be reached for unknown', async () => {
    const [india, europe] = cells as [DescribedCell, DescribedCell];
    describeStack([india, { ...europe, databasePorts: { shop: 1 } }]);
    const { code, output } = await explain('mug');
    describeStack(cells);
    expect(code).toBe(1);
    expect(output).toContain('eu-1 could not be asked: what it has is UNKNOWN.');
    expect(output).toContain('5  in-1 to eu-1');
  });

  it('refuses what is no SKU', async () => {
    const { code, error } = await explain('a/b');
    expect(code).toBe(1);
    expect(error).toContain('An SKU is of at most 64 letters, digits, dots, dashes.');
  });
});
