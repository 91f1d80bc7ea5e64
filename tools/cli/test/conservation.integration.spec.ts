import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readVectors } from '@entrepot/audit';
import { openBookAuditor, openVectorSigner } from '@entrepot/inventory';
import type { CellId } from '@entrepot/kernel';
import { Metrics } from '@entrepot/platform-telemetry';
import { repositoryRoot, withClient } from '@entrepot/stack';
import { testDatabase } from '@entrepot/testing';
import type { TestDatabase } from '@entrepot/testing';
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ids = ['in-1', 'eu-1'] as const;
type Id = (typeof ids)[number];
const pool = 'blr/mug';
const applySql = 'SELECT inventory.apply($1::jsonb)';
const uuidOf = (kind: number, number: number) =>
  `${`${kind}`.padStart(8, '0')}-0000-5000-8000-${`${number}`.padStart(12, '0')}`;
const mint = (of: string, number: number, quantity: number) => ({
  ...{ kind: 'mint', pool: of, home: 'in-1', document: uuidOf(1, number), quantity, into: 'FREE' },
});
const grant = (level: number) => ({
  ...{ kind: 'grant', pool, peer: 'eu-1', level, ceiling: level, acked: 0 },
});
const takeIn = (total: number) => ({
  ...{ kind: 'apply', pool, home: 'in-1', peer: 'in-1', total, epoch: 1 },
});

const pairOf = () =>
  generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
const pairs: Record<Id, ReturnType<typeof pairOf>> = { 'in-1': pairOf(), 'eu-1': pairOf() };

/** As a stack describes its cells; the verb takes their keys. */
const cellOf = (id: Id) => ({
  ...{ id, region: id.slice(0, 2), currency: id === 'in-1' ? 'INR' : 'EUR' },
  ...{ countries: [id === 'in-1' ? 'IN' : 'DE'], catalogLeader: id === 'in-1' },
  warehouses: [{ id: id === 'in-1' ? 'blr' : 'rtm', name: 'Main', country: 'IN' }],
  ...{ origin: `http://${id}.localhost:8080`, apiOrigins: ['http://127.0.0.1:8081'] },
  ...{ cellOrigin: 'https://127.0.0.1:8443', kafkaClusterId: `kafka-${id}` },
  envelopeKeys: [{ kid: 'e1', publicKeyPem: pairs[id].publicKey }],
  tokenKeys: [{ kid: 't1', kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }],
  cellCertificatePem: `-----BEGIN CERTIFICATE-----\n${id}`,
});

describe('the totals that cells sign each minute', () => {
  const shops = {} as Record<Id, TestDatabase<'shop'>>;
  const auditors = {} as Record<Id, ReturnType<typeof openBookAuditor>>;
  const metrics = {} as Record<Id, Metrics>;
  const signers = {} as Record<Id, ReturnType<typeof openVectorSigner>>;
  let folder: string;

  const write = (id: Id, ...commands: object[]) =>
    withClient(shops[id].urlFor('worker'), (client) =>
      client.query(applySql, [JSON.stringify(commands)]),
    );
  const tell = async (id: Id) => {
    await auditors[id].run();
    await signers[id].execute();
  };
  const exportAll = async () => {
    for (const id of ids) {
      const lines = await readVectors(shops[id].urlFor('audit'));
      writeFileSync(join(folder, `${id}.vectors.jsonl`), lines.map((line) => `${line}\n`).join(''));
    }
  };
  const vectorsOf = (id: Id) =>
    readFileSync(join(folder, `${id}.vectors.jsonl`), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse((JSON.parse(line) as { body: string }).body) as object);

  const verify = (...args: readonly string[]) =>
    new Promise<{ readonly code: number; readonly output: string }>((resolve) => {
      const command = ['--import', './tools/loader.mjs', 'tools/cli/src/main.ts'];
      const cells = ['--cells', join(folder, 'cells.json'), '--skew-ms', '0'];
      execFile(
        process.execPath,
        [...command, 'verify-conservation', folder, ...cells, ...args],
        // what it needs is in the folder: no stack, no home
        { cwd: repositoryRoot, env: { ...process.env, ENTREPOT_HOME: join(folder, 'nowhere') } },
        (failure, output, error) => {
          const code = typeof failure?.code === 'number' ? failure.code : failure === null ? 0 : -1;
          resolve({ code, output: `${output}${error}` });
        },
      );
    });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'entrepot-conservation-'));
    writeFileSync(join(folder, 'cells.json'), JSON.stringify({ cells: ids.map(cellOf) }));
    for (const id of ids) {
      shops[id] = await testDatabase('shop', { cell: id });
      metrics[id] = new Metrics({ cell: id, process: 'worker' });
      auditors[id] = openBookAuditor({
        cell: id as CellId,
        shop: shops[id].open('worker'),
        metrics: metrics[id],
      });
      signers[id] = openVectorSigner(shops[id].open('border'), pairs[id].privateKey);
    }
    await write('in-1', mint(pool, 1, 50), mint('blr/cup', 2, 7), grant(20));
    await write('eu-1', takeIn(15));
    await tell('eu-1');
    await tell('in-1');
  });
  afterAll(async () => {
    for (const id of ids) await shops[id].drop();
    rmSync(folder, { recursive: true });
  });

  it('are chained, one a run, with what changed and a slice of the rest', async () => {
    await write('in-1', grant(22));
    await tell('in-1');
    await exportAll();
    const [first, second] = vectorsOf('in-1');
    expect(first).toMatchObject({
      ...{ cell: 'in-1', number: 1, previous: '0'.repeat(64), position: '3', isComplete: true },
      ...{ epoch: 1, state: 'ACTIVE', slice: { after: '', through: null } },
      pools: [
        { pool: 'blr/cup', balances: { SUPPLY: 7, FREE: 7 }, channels: [] },
        {
          ...{ pool, home: 'in-1', balances: { SUPPLY: 50, FREE: 30, GRANTED: 20 } },
          channels: [{ peer: 'eu-1', granted: 20, applied: 0, acked: 0 }],
        },
      ],
    });
    expect(second).toMatchObject({ number: 2, position: '4', isComplete: true });
  });

  it('are one chain where two workers audit at once', async () => {
    const second = openBookAuditor({
      ...{ cell: 'in-1' as CellId, shop: shops['in-1'].open('worker') },
      metrics: new Metrics({ cell: 'in-1', process: 'worker' }),
    });
    await Promise.all(
      Array.from({ length: 6 }, (_, at) => (at % 2 === 0 ? auditors['in-1'] : second).run()),
    );
    await signers['in-1'].execute();
    await exportAll();
    const numbers = vectorsOf('in-1').map((of) => (of as { number: number }).number);
    expect(numbers).toEqual(numbers.map((_, at) => at + 1));
    expect((await verify()).output).toMatch(/Conserved\.\n$/);
  });

  it('prove offline, with the public keys alone, that no unit was made', async () => {
    await exportAll();
    const { code, output } = await verify();
    expect(output).toContain('1 totals taken in were given before; 0 are too new');
    expect(output).toContain('57 units exist = 50 in the cells + 7 in transit');
    expect(output).toMatch(/Conserved\.\n$/);
    expect(code).toBe(0);
  });

  it('leave out what is not signed, and can be signed by the border process alone', async () => {
    const unsigned = async () => {
      const { text } = await metrics['in-1'].expose();
      return Number(/^entrepot_inventory_unsigned_vectors\S* (\d+)$/m.exec(text)?.[1]);
    };
    await auditors['in-1'].run();
    const before = (await readVectors(shops['in-1'].urlFor('audit'))).length;
    await withClient(shops['in-1'].urlFor('worker'), async (client) => {
      const forge = `UPDATE inventory.conservation_vector SET signature = 'x'`;
      await expect(client.query(forge)).rejects.toThrow('permission denied');
    });
    expect(await unsigned()).toBe(1);
    expect(await signers['in-1'].execute()).toBe(1);
    expect(await unsigned()).toBe(0);
    expect(await signers['in-1'].execute()).toBe(0);
    expect((await readVectors(shops['in-1'].urlFor('audit'))).length).toBe(before + 1);
  });

  it('convict a cell that takes in what nobody gave', async () => {
    await write('eu-1', takeIn(23));
    await tell('eu-1');
    await tell('in-1');
    await exportAll();
    const { code, output } = await verify();
    expect(output).toContain('TAKEN_MORE_THAN_GIVEN');
    expect(output).toContain('"granted":22');
    expect(output).toMatch(/NOT CONSERVED\.\n$/);
    expect(code).toBe(1);
    const report = JSON.parse((await verify('--json')).output) as { breaches: object[] };
    expect(report.breaches).toMatchObject([
      {
        code: 'TAKEN_MORE_THAN_GIVEN',
        row: { pool, donor: 'in-1', receiver: 'eu-1', applied: 23 },
      },
    ]);
    await write('in-1', grant(23));
  });

  it('prove nothing where a cell has told nothing', async () => {
    rmSync(join(folder, 'eu-1.vectors.jsonl'));
    const missing = await verify();
    expect(missing).toMatchObject({ code: 1 });
    expect(missing.output).toContain('Of eu-1 there are no vectors');
    writeFileSync(join(folder, 'eu-1.vectors.jsonl'), '');
    expect(await verify()).toMatchObject({ code: 1 });
  });
});
