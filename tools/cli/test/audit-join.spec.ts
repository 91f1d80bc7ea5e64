import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { auditCell, stepsFor, writeSealed } from '@entrepot/audit';
import type { CellKey } from '@entrepot/audit';
import { repositoryRoot } from '@entrepot/stack';
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ids = ['in-1', 'eu-1'] as const;
type Id = (typeof ids)[number];

const pairs = {
  'in-1': generateKeyPairSync('ed25519'),
  'eu-1': generateKeyPairSync('ed25519'),
};
const keyOf = (cell: Id): CellKey => ({ cell, kid: 'k1', privateKey: pairs[cell].privateKey });

const entryOf = (id: Id, country: string) => ({
  id,
  region: id.slice(0, 2),
  currency: id === 'in-1' ? 'INR' : 'EUR',
  countries: [country],
  warehouses: [],
  catalogLeader: id === 'in-1',
  origin: `http://${id}.localhost:8080`,
  apiOrigins: [`http://${id}.localhost:8080`],
  cellOrigin: `https://${id}.localhost:8443`,
  kafkaClusterId: `kafka-${id}`,
  envelopeKeys: [
    {
      kid: 'k1',
      publicKeyPem: pairs[id].publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    },
  ],
  tokenKeys: [{ kid: 't', kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }],
  cellCertificatePem: `-----BEGIN CERTIFICATE-----${id}`,
});

let folder: string;

function write(cell: Id, key = keyOf(cell)): void {
  const shop = {
    stock: { cell, pools: [], channels: [], journal: [], reservations: [] },
    orders: { cell, orders: [], carts: [], lines: [], reservations: [] },
    payments: [],
    ledger: [],
    invoices: [],
    pastInvoices: [],
    refusals: [],
    borrows: 0,
    erasures: { requests: [], events: [] },
  };
  const { summary } = auditCell({ cell, shop, provider: [], history: [] }, new Date());
  writeSealed(folder, summary, key);
  writeSealed(folder, stepsFor(cell, [], []), key);
}

interface Answer {
  readonly code: number;
  readonly output: string;
  readonly error: string;
}

/** Runs the verb in a home without a stack: the join needs none. */
function runJoin(): Promise<Answer> {
  const command = ['--import', './tools/loader.mjs', 'tools/cli/src/main.ts', 'audit', '--join'];
  const files = ['--out', folder, '--cells', join(folder, 'cells.json')];
  const env = { ...process.env, ENTREPOT_HOME: folder };
  return new Promise((resolve) => {
    const options = { cwd: repositoryRoot, env };
    execFile(process.execPath, [...command, ...files], options, (failure, output, error) => {
      const code = typeof failure?.code === 'number' ? failure.code : failure === null ? 0 : -1;
      resolve({ code, output, error });
    });
  });
}

describe('entrepot audit --join', () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'entrepot-audit-'));
    const cells = [entryOf('in-1', 'IN'), entryOf('eu-1', 'DE')];
    writeFileSync(join(folder, 'cells.json'), JSON.stringify({ cells }));
  });
  beforeEach(() => ids.forEach((id) => write(id)));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('reads what every cell has signed', async () => {
    const { code, output, error } = await runJoin();
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(output).toContain('Clean.');
  }, 30_000);

  it('ends with a sentence when a summary was changed', async () => {
    const file = join(folder, 'eu-1.summary.json');
    const changed = readFileSync(file, 'utf8').replace('"unitsOrdered":0', '"unitsOrdered":1');
    writeFileSync(file, changed);
    const { code, output, error } = await runJoin();
    expect(code).not.toBe(0);
    expect(error.trim()).toBe('eu-1.summary.json is not what eu-1 has signed.');
    expect(output).not.toContain('Clean.');
  }, 30_000);

  it('ends with a sentence when another cell signed it', async () => {
    write('eu-1', { ...keyOf('in-1'), cell: 'eu-1' });
    const { code, error } = await runJoin();
    expect(code).not.toBe(0);
    expect(error.trim()).toBe('eu-1.summary.json is not what eu-1 has signed.');
  }, 30_000);

  it('ends with a sentence when a cell is missing', async () => {
    rmSync(join(folder, 'eu-1.summary.json'));
    const { code, error } = await runJoin();
    expect(code).not.toBe(0);
    expect(error.trim()).toBe('Of eu-1 there is no summary: run --cell eu-1 first.');
  }, 30_000);
});
