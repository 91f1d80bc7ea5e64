import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testFolder } from '@entrepot/testing';
import pg from 'pg';

import { startCellClusters } from './cell-clusters.ts';
import type { CellClusters } from './cell-clusters.ts';

const canary = 'asha-canary@people.example';
const logTimeoutMs = 10_000;

describe('T38 the log of a database server', () => {
  const folder = testFolder('postgres-log');
  let cell: CellClusters;
  beforeAll(async () => {
    cell = await startCellClusters({ cell: 'in-1', isLeader: true, folder, only: ['shop'] });
  });
  afterAll(() => cell.stop());

  const logText = (): string => readFileSync(join(folder, 'in-1', 'shop', 'server.log'), 'utf8');

  /** Codes of what the server refused, in the order of the statements. */
  async function refusedTo(role: string, statements: readonly [string, string[]][]) {
    const client = new pg.Client({ connectionString: cell.clusters.shop.urlFor(role) });
    await client.connect();
    const codes: (string | undefined)[] = [];
    for (const [text, values] of statements) {
      const error: unknown = await client.query(text, values).catch((cause: unknown) => cause);
      codes.push((error as { code?: string }).code);
    }
    await client.end();
    return codes;
  }

  const failing: [string, string[]][] = [
    // the message itself repeats the value
    ['SELECT $1::int', [canary]],
    [`SELECT '${canary}'::uuid`, []],
    [`SELECT broken '${canary}'`, []],
    [
      'SELECT 1 / length($1::text) FROM generate_series(1, 1) WHERE 1 / (length($1) - length($1)) = 1',
      [canary],
    ],
  ];

  it.each(['shop_api', 'shop_worker', 'shop_border', 'shop_audit'])(
    'says nothing of what a statement of %s held',
    async (role) => {
      const codes = await refusedTo(role, failing);
      expect(codes).toEqual(['22P02', '22P02', '42704', '22012']);
    },
  );

  it('shows no row, no parameter and no statement of its administrator either', async () => {
    const before = logText().length;
    const admin = new pg.Client({ connectionString: cell.clusters.shop.server.urlFor('postgres') });
    await admin.connect();
    await admin.query('CREATE TEMP TABLE unique_mail (mail text PRIMARY KEY)');
    await admin.query('INSERT INTO unique_mail VALUES ($1)', [canary]);
    // its DETAIL is: Key (mail)=(…) already exists
    const again = admin.query('INSERT INTO unique_mail VALUES ($1)', [canary]);
    await expect(again).rejects.toMatchObject({ code: '23505' });
    await admin.end();
    const end = performance.now() + logTimeoutMs;
    while (!logText().slice(before).includes('unique_mail_pkey')) {
      if (performance.now() > end) throw new Error('the server did not log the refusal');
      await delay(20);
    }
    // written in order, so that what came before would be there as well
    expect(logText()).not.toContain('asha-canary');
  });
});
