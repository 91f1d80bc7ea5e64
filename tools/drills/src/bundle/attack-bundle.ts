import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { ListKeysCommand } from '@aws-sdk/client-kms';
import { bundleFormat } from '@entrepot/attacker';
import type { AttackReport, Dictionary, KmsAccess } from '@entrepot/attacker';
import { filesBelow } from '@entrepot/border-scan';
import { clustersOfStack, repositoryRoot, runtimeOf, withClient } from '@entrepot/stack';
import type { DescribedCell, RunningCluster } from '@entrepot/stack';

import { kmsClientOf, kmsLoginOf, kmsPrincipals } from '../kms-logins.ts';
import { writeReadableRuns } from './readable-runs.ts';

/** What is inside of the KMS, which no thief of a cell's stores has: its keys. */
const insideOfKms = 'keys.jsonl';
/** What other firms have, played on this disk: the mail provider, through whom the last letter goes. */
const ofProviders: ReadonlySet<string> = new Set(['mail']);
/** Not stores of the cell's own, or written to all the time without a word in it. */
const leftOut = /(?:\.pid|\.lock|\.sock|\.index|\.timeindex|\.snapshot)$/;
const isLog = (file: string): boolean => file.includes('/pg_wal/');
const isSegment = /\/\d{20}\.log$/;

const tablesOf = `SELECT format('%I.%I', schemaname, tablename) AS "table" FROM pg_tables
  WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`;

/**
 * A folder with everything that an outsider needs to attack a cell without trusting us: `bundle.json`,
 * `kms.json`, `dictionary.json`, and below `takes/<name>` the rows of every table and the bytes of every
 * store as they were at that moment. Stores are found on the disk, not in a list; what belongs to the
 * cell's mail provider is left out.
 */
export class AttackBundle {
  constructor(
    readonly folder: string,
    private readonly cell: DescribedCell,
  ) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { id, region } = cell;
    this.write('bundle.json', { format: bundleFormat, cell: id, region });
  }

  /** Takes everything away as it is now, under that name. */
  async take(name: string): Promise<void> {
    const folder = join(this.folder, 'takes', name);
    const stores = readdirSync(this.cell.data, { withFileTypes: true }).filter(
      (store) => store.isDirectory() && !ofProviders.has(store.name),
    );
    // a checkpoint lets old segments of a log go
    for (const { name: store } of stores) this.takeLog(store, join(folder, 'bytes'));
    const clusters = clustersOfStack().filter(({ cell }) => cell === this.cell.id);
    for (const cluster of clusters) {
      await withClient(cluster.superuserUrl, (client) => client.query('CHECKPOINT'));
      await dumpRows(cluster, join(folder, 'rows', cluster.cluster));
    }
    for (const { name: store } of stores) this.takeBytes(store, join(folder, 'bytes'));
    takeFiles(filesBelow(this.cell.logs), join(folder, 'bytes', 'logs'));
  }

  /** Adds what can be had at the moment: logins, the list of living keys, and what may be guessed. */
  async close(dictionary: Dictionary): Promise<void> {
    this.write('kms.json', await kmsAccessOf(this.cell));
    this.write('dictionary.json', dictionary);
  }

  private takeLog(store: string, to: string): void {
    const files = filesBelow(join(this.cell.data, store)).filter(isLog);
    if (files.length > 0) takeRuns(files, join(to, `${store} WAL`));
  }

  private takeBytes(store: string, to: string): void {
    const files = filesBelow(join(this.cell.data, store));
    const isCluster = files.some((file) => basename(file) === 'PG_VERSION');
    const rest = files.filter((file) => !isLog(file));
    if (isCluster) takeRuns(rest, join(to, `${store} files`));
    else takeFiles(rest, join(to, store));
  }

  private write(file: string, content: unknown): void {
    const text = `${JSON.stringify(content, undefined, 2)}\n`;
    writeFileSync(join(this.folder, file), text, { mode: 0o600 });
  }
}

/** Every row of every table as one line of JSON, all of one instant. */
async function dumpRows({ superuserUrl }: RunningCluster, to: string): Promise<void> {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  await withClient(superuserUrl, async (client) => {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { rows: tables } = await client.query<{ table: string }>(tablesOf);
    for (const { table } of tables) {
      const { rows } = await client.query<{ line: string }>(
        `SELECT row_to_json(t)::text AS line FROM ${table} t`,
      );
      const lines = rows.map(({ line }) => `${line}\n`).join('');
      writeFileSync(join(to, `${table.replaceAll('"', '')}.jsonl`), lines, { mode: 0o600 });
    }
    await client.query('COMMIT');
  });
}

function takeRuns(files: readonly string[], to: string): void {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  writeReadableRuns(files, to);
}

/** As they are, numbered, since two folders of a store may use one name. */
function takeFiles(files: readonly string[], to: string): void {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const [number, file] of files.entries()) {
    const name = basename(file);
    const isOurs = name === insideOfKms || leftOut.test(name);
    if (isOurs || (file.includes('/kafka/') && !isSegment.test(file))) continue;
    try {
      cpSync(file, join(to, `${number}-${name}`));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

/** Every login of a cell at its KMS, and the keys that exist there now. */
export async function kmsAccessOf(cell: DescribedCell): Promise<KmsAccess> {
  const { kmsEndpoint: endpoint, region } = cell;
  return {
    ...{ endpoint, awsRegion: runtimeOf(region).awsRegion },
    logins: kmsPrincipals.map((name) => ({ name, ...kmsLoginOf(cell, name) })),
    keys: await livingKeys(cell),
  };
}

async function livingKeys(cell: DescribedCell): Promise<string[]> {
  const client = kmsClientOf(cell, 'administrator');
  try {
    const keys: string[] = [];
    let Marker: string | undefined;
    do {
      const page = await client.send(new ListKeysCommand(Marker === undefined ? {} : { Marker }));
      keys.push(
        ...(page.Keys ?? []).flatMap(({ KeyArn }) => (KeyArn === undefined ? [] : [KeyArn])),
      );
      Marker = page.Truncated === true ? page.NextMarker : undefined;
    } while (Marker !== undefined);
    return keys;
  } finally {
    client.destroy();
  }
}

/** Runs the attacker as the program that it is: no loader, no setting of ours, only the folder. */
export async function runAttacker(folder: string): Promise<AttackReport> {
  const program = join(repositoryRoot, 'tools/attacker/src/main.ts');
  const child = spawn(process.execPath, [program, folder, '--json'], {
    cwd: folder,
    env: {},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, complaint] = [child.stdout, child.stderr].map(textOf);
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? 1));
  });
  if (code !== 0) throw new Error(`the attacker ended with ${code}: ${await (complaint ?? '')}`);
  return JSON.parse((await output) ?? '') as AttackReport;
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
