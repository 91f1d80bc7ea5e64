import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import {
  CanaryPerson,
  FolderStore,
  isClean,
  newCanaries,
  readForms,
  RedisStore,
  scanStore,
  writeForms,
} from '@entrepot/border-scan';
import type { ScannedStore, StoreScan } from '@entrepot/border-scan';
import { CellDirectory } from '@entrepot/platform-config';
import { clusterNames, requireRunning, SecretStore, StackError, StackPaths } from '@entrepot/stack';
import type { DescribedCell } from '@entrepot/stack';
import { Command } from 'commander';

import { kafkaStoreOf, postgresStoreOf } from '../cell-stores.ts';

/** Long enough for relays, mirrors and standbys to carry on what a person just did. */
const settleMs = 5_000;
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const paths = new StackPaths();

const formsFileOf = (cell: string): string => join(paths.home, 'scan', `${cell}.forms`);
const localUrlOf = (cell: DescribedCell): string => `http://127.0.0.1:${new URL(cell.origin).port}`;

/** Lets a person live in every cell and writes down what must not be found anywhere else. */
async function sendPeople(cells: readonly DescribedCell[], cellsFile: string): Promise<void> {
  const directory = CellDirectory.fromFile(cellsFile);
  for (const [index, cell] of cells.entries()) {
    const canaries = newCanaries();
    const country = directory.cells.find(({ id }) => id === cell.id)?.countries[0];
    const elsewhere = cells[(index + 1) % cells.length];
    if (country === undefined || elsewhere === undefined) continue;
    const person = new CanaryPerson(
      {
        cell: cell.id,
        url: localUrlOf(cell),
        country,
        paymentMethod: cell.region === 'in' ? 'upi' : 'card',
        elsewhereUrl: localUrlOf(elsewhere),
      },
      canaries,
    );
    await person.live();
    print(`${cell.id}: a person made ${person.calls.length} calls`);
    for (const { call, status } of person.calls) print(`  ${status}  ${call.replace('must ', '')}`);
    if (person.failures.length > 0) {
      throw new StackError(`${cell.id} refused what a shopper may do, so a scan shows nothing.`);
    }
    writeForms(formsFileOf(cell.id), cell.id, canaries);
  }
}

function storesOf(cell: DescribedCell): ScannedStore[] {
  const secrets = new SecretStore(cell.secrets);
  const redisPassword = secrets.read(join('redis', 'operator'));
  return [
    ...clusterNames.map((cluster) => postgresStoreOf(cell, cluster)),
    new RedisStore({
      name: `${cell.id} redis`,
      url: `redis://operator:${redisPassword}@127.0.0.1:${cell.redisPort}`,
      folder: join(cell.data, 'redis'),
    }),
    kafkaStoreOf(cell),
    new FolderStore({ name: `${cell.id} kms`, folder: join(cell.data, 'kms') }),
    new FolderStore({ name: `${cell.id} erasures`, folder: join(cell.data, 'erasure-journal') }),
    new FolderStore({ name: `${cell.id} witness`, folder: join(cell.data, 'erasure-witness') }),
    new FolderStore({ name: `${cell.id} mail`, folder: join(cell.data, 'mail') }),
    new FolderStore({ name: `${cell.id} logs`, folder: cell.logs }),
  ];
}

/** What belongs to no cell must hold nobody's data. */
const sharedStores = (): ScannedStore[] => [
  new FolderStore({ name: 'shared payment sandbox', folder: join(paths.data, 'psp') }),
  new FolderStore({ name: 'shared payment sandbox logs', folder: join(paths.logs, 'psp') }),
];

function show(scan: StoreScan): void {
  const found = scan.controls - scan.missedControls.length;
  const verdict = isClean(scan) ? 'clean' : 'NOT CLEAN';
  const mib = `${(scan.bytes / 2 ** 20).toFixed(1)} MiB`;
  print(
    `${scan.store.padEnd(38)} ${mib.padStart(11)}  controls ${found}/${scan.controls}  ` +
      `finds ${scan.finds.length}  ${verdict}`,
  );
  for (const { label, file, offset } of scan.finds.slice(0, 20)) {
    print(`    FOUND ${label} in ${file} at ${offset}`);
  }
  for (const label of scan.missedControls) print(`    missed ${label}`);
  for (const problem of scan.problems) print(`    ${problem}`);
}

async function scanBorder(): Promise<void> {
  const { cells, cellsFile } = requireRunning(paths);
  await sendPeople(cells, cellsFile);
  await delay(settleMs);
  const scans: StoreScan[] = [];
  const scan = async (store: ScannedStore, homes: readonly DescribedCell[]): Promise<void> => {
    const foreign = homes.flatMap(({ id }) => readForms(formsFileOf(id)));
    for (const result of await scanStore(store, foreign)) {
      scans.push(result);
      show(result);
    }
  };
  for (const cell of cells) {
    const others = cells.filter(({ region }) => region !== cell.region);
    for (const store of storesOf(cell)) await scan(store, others);
  }
  for (const store of sharedStores()) await scan(store, cells);
  const failed = scans.filter((result) => !isClean(result));
  print(
    failed.length === 0
      ? `Clean: ${scans.length} stores, and every control was found in each.`
      : `${failed.length} of ${scans.length} stores are not clean.`,
  );
  if (failed.length > 0) process.exitCode = 1;
}

export default new Command('scan-border')
  .description('look for one cell’s people in everything that another cell stores')
  .action(scanBorder);
