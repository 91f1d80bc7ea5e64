import { statement } from '@entrepot/platform-database';
import type { VaultDatabase } from '@entrepot/platform-database';
import { testDatabase } from '@entrepot/testing';
import type { TestDatabase } from '@entrepot/testing';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyFile } from '../src/adapters/erasure-journal-files.ts';
import { publishedKeysOf } from '../src/adapters/published-keys.ts';

const arnOf = (id: string) => `arn:aws:kms:eu-central-1:000000000000:key/${id}`;
const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
const pem = { format: 'pem', type: 'spki' } as const;

const nameKey = statement(
  'test.name_signing_key',
  `INSERT INTO vault.signing_key (purpose, kms_key_arn, public_key) VALUES ('evidence', $1, $2)`,
);

let database: TestDatabase<'vault'>;
let vault: VaultDatabase;
let witness: string;

beforeAll(async () => {
  database = await testDatabase('vault');
  vault = database.open('worker');
  witness = mkdtempSync(join(tmpdir(), 'entrepot-witness-'));
});
afterAll(async () => {
  rmSync(witness, { recursive: true });
  await database.drop();
});

it('are the one the vault names, as PEM, and those that the witness has pinned', async () => {
  const [ofCertificates, ofRecords] = [newKey(), newKey().export(pem).toString()];
  const { name, text } = keyFile(arnOf('2'), ofRecords);
  writeFileSync(join(witness, name), text);
  const records = { signs: 'records', keyArn: arnOf('2'), publicKey: ofRecords };
  expect(await publishedKeysOf(vault, witness)).toEqual([records]);

  const der = ofCertificates.export({ format: 'der', type: 'spki' });
  await vault.execute(nameKey, [arnOf('1'), der]);
  expect(await publishedKeysOf(vault, witness)).toEqual([
    { signs: 'certificates', keyArn: arnOf('1'), publicKey: ofCertificates.export(pem) },
    records,
  ]);
});
