import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { repositoryRoot, StackLock, withClient, writeDescription } from '@entrepot/stack';
import type { DescribedCell, StackDescription } from '@entrepot/stack';
import { testDatabase } from '@entrepot/testing';
import type { TestDatabase } from '@entrepot/testing';
import { execFile } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let shop: TestDatabase<'shop'>;
let home: string;

/** A letter that waits for a word, what waits behind it, one that stands for no event, a closed one. */
const park = `
  TRUNCATE messaging.dead_letter RESTART IDENTITY;
  INSERT INTO messaging.dead_letter (consumer, topic, partition, record_offset, event_id, record_key,
    aggregate_version, type, code, attempts, state)
  VALUES
    ('orders.results', 'local.payments.v1', 0, 7, 'evt_1', 'pay_1', 2, 'PaymentSettled',
      'HANDLER_FAILED', 5, 'parked'),
    ('orders.results', 'local.payments.v1', 0, 8, 'evt_2', 'pay_1', 3, 'PaymentSettled',
      'KEY_BLOCKED', 1, 'parked'),
    ('cell.heartbeat', 'eu-1.global.cell.v1', 0, 9, NULL, NULL, NULL, NULL,
      'SIGNATURE_INVALID', 1, 'parked'),
    ('cell.heartbeat', 'eu-1.global.cell.v1', 0, 10, 'eu-1/1/eu-1/4', 'eu-1', 4, 'CellHeartbeatSent',
      'HANDLER_FAILED', 5, 'resolved');
`;

const urlOf = (database: string): string => {
  const url = new URL(shop.urlFor('superuser'));
  url.pathname = `/${database}`;
  return url.href;
};

/** The verb opens the database that a stack has, so the suite has a server of its own to call it so. */
async function nameAsInStack(): Promise<void> {
  await withClient(urlOf('postgres'), async (client) => {
    const { rows } = await client.query<{ readonly hba_file: string }>('SHOW hba_file');
    appendFileSync(rows[0]?.hba_file ?? '', 'host shop shop_worker 127.0.0.1/32 scram-sha-256\n');
    await client.query('SELECT pg_reload_conf()');
    await client.query(`ALTER DATABASE ${shop.name} RENAME TO shop`);
  });
}

function describeStack(): void {
  const { port, password } = new URL(shop.urlFor('worker'));
  const secrets = join(home, 'secrets', 'in-1');
  mkdirSync(join(secrets, 'postgres'), { recursive: true });
  writeFileSync(join(secrets, 'postgres', 'shop_worker'), decodeURIComponent(password), {
    mode: 0o600,
  });
  const cell: Partial<DescribedCell> = {
    id: 'in-1',
    secrets,
    databasePorts: { shop: Number(port) },
  };
  const description: Partial<StackDescription> = { cells: [cell as DescribedCell] };
  writeDescription(join(home, 'stack.json'), description as StackDescription);
}

interface Answer {
  readonly code: number;
  readonly lines: readonly string[];
  readonly error: string;
}

function deadLetters(...args: readonly string[]): Promise<Answer> {
  const command = ['--import', './tools/loader.mjs', 'tools/cli/src/main.ts', 'dead-letters'];
  const env = { ...process.env, ENTREPOT_HOME: home };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...command, ...args],
      { cwd: repositoryRoot, env },
      (failure, stdout, stderr) => {
        const code = typeof failure?.code === 'number' ? failure.code : failure === null ? 0 : -1;
        resolve({ code, lines: stdout.trimEnd().split('\n'), error: stderr });
      },
    );
  });
}

async function stateOf(id: number): Promise<string | undefined> {
  const sql = 'SELECT state FROM messaging.dead_letter WHERE id = $1';
  const { rows } = await withClient(urlOf('shop'), (client) =>
    client.query<{ readonly state: string }>(sql, [id]),
  );
  return rows[0]?.state;
}

beforeAll(async () => {
  shop = await testDatabase('shop', { ownServer: 'dead-letters' });
  home = mkdtempSync(join(tmpdir(), 'entrepot-dead-letters-'));
  describeStack();
  // this process stands in for the supervisor, whose life is what says that a stack runs
  StackLock.take(join(home, 'run', 'stack.lock'));
  await nameAsInStack();
});
beforeEach(() => withClient(urlOf('shop'), (client) => client.query(park)));
afterAll(async () => {
  await withClient(urlOf('postgres'), (client) =>
    client.query(`ALTER DATABASE shop RENAME TO ${shop.name}`),
  );
  await shop.drop();
  rmSync(home, { recursive: true, force: true });
});

describe('entrepot dead-letters', () => {
  it('lists what is parked, oldest first, of all consumers or one, closed ones when asked', async () => {
    const { code, error, lines } = await deadLetters('list');
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(lines.map((line) => line.trim().split(/\s+/).toSpliced(1, 1))).toEqual([
      ['1', 'parked', 'HANDLER_FAILED', 'orders.results', 'local.payments.v1[0]@7'],
      ['2', 'parked', 'KEY_BLOCKED', 'orders.results', 'local.payments.v1[0]@8'],
      ['3', 'parked', 'SIGNATURE_INVALID', 'cell.heartbeat', 'eu-1.global.cell.v1[0]@9'],
    ]);
    const ofOne = await deadLetters('list', '--consumer', 'cell.heartbeat', '--all');
    expect(ofOne.lines.map((line) => line.trim().split(/\s+/)[0])).toEqual(['3', '4']);
    const ofNone = await deadLetters('list', '--consumer', 'carts.prices');
    expect(ofNone.lines).toEqual(['No dead letters.']);
  });

  it('says so in one sentence when its stack has stopped', async () => {
    const lock = join(home, 'run', 'stack.lock');
    rmSync(lock);
    const { code, error } = await deadLetters('list');
    StackLock.take(lock);
    expect({ code, error }).toEqual({
      code: 1,
      error: 'No stack is running; `npm start -- --detach` starts one.\n',
    });
  });

  it('shows one, and says so when there is none of that number', async () => {
    const { lines } = await deadLetters('show', '1', '--cell', 'in-1');
    const shown = Object.fromEntries(lines.map((line) => line.split(/\s+/, 2)));
    expect(shown).toMatchObject({ id: '1', key: 'pay_1', version: '2', type: 'PaymentSettled' });
    expect(shown).toMatchObject({ eventId: 'evt_1', attempts: '5', offset: '7' });
    const missing = await deadLetters('show', '99');
    expect(missing).toMatchObject({ code: 1, lines: [''] });
    expect(missing.error).toContain('There is no dead letter 99;');
  });

  it('asks for one to be taken in again, unless it is closed or stands for nothing', async () => {
    const { code, lines } = await deadLetters('redrive', '1');
    expect({ code, lines }).toEqual({
      code: 0,
      lines: ['Dead letter 1 will be taken in again within seconds.'],
    });
    expect(await stateOf(1)).toBe('redrive');
    for (const [id, state] of [
      [3, 'parked'],
      [4, 'resolved'],
    ] as const) {
      const refused = await deadLetters('redrive', String(id));
      expect(refused.code).toBe(1);
      expect(refused.error).toContain('cannot be taken in again: it is closed, or not there');
      expect(await stateOf(id)).toBe(state);
    }
  });

  it('gives one up, once', async () => {
    expect((await deadLetters('discard', '1')).lines).toEqual(['Dead letter 1 was discarded.']);
    expect(await stateOf(1)).toBe('discarded');
    expect(await deadLetters('discard', '1')).toMatchObject({ code: 1 });
    expect((await deadLetters('show', 'one')).error).toContain(
      '"one" is not the number of a dead letter',
    );
  });
});
