import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { bundleFormat } from '@entrepot/attacker';
import type { AttackReport, KmsAccess } from '@entrepot/attacker';
import { withClient } from '@entrepot/stack';

import { runAttacker } from '../bundle/attack-bundle.ts';
import type { AttackControl } from './attack-control.ts';

/** A restored pair of databases, and with what they are attacked. */
export interface RestoredToAttack {
  readonly cell: string;
  readonly region: string;
  readonly shopUrl: string;
  readonly vaultUrl: string;
  /** Every login of the cell, and the keys that live. */
  readonly kms: KmsAccess;
  /** Somebody who does not exist and who must be readable: otherwise the attack shows nothing. */
  readonly control: AttackControl;
  /** Removed afterwards: it holds ciphertext of people and logins. */
  readonly folder: string;
}

/** What the attack found of one person. */
export interface PersonInBackup {
  /** Sealed values of theirs. */
  readonly sealed: number;
  /** How many of them opened. */
  readonly opened: number;
  /** Whether the vault of the backup wraps a data key of theirs: nothing opens where it was wiped before. */
  readonly hasKey: boolean;
  /** Whether any row names the person but that of a key, which may have been made in advance. */
  readonly isKnown: boolean;
}

/** A row as JSON, and the table that it is of. */
interface DumpedRow {
  readonly table: string;
  readonly line: string;
}

/** The attack did not even read what it must be able to read. */
export class BlindAttackError extends Error {
  override readonly name = 'BlindAttackError';
}

const tablesOf = `SELECT format('%I.%I', schemaname, tablename) AS "table" FROM pg_tables
  WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`;
const keyedOf = `SELECT k.subject_id AS "subject" FROM vault.subject_key k
  WHERE k.subject_id = ANY ($1) AND k.wrapped_key IS NOT NULL AND (k.driver = 'kms-per-user'
    OR EXISTS (SELECT FROM vault.subject_kek e WHERE e.subject_id = k.subject_id))`;
const keyTable = 'vault.subject_key';
/** What wraps keys of everybody. */
const wholeTables: ReadonlySet<string> = new Set(['vault.key_epoch', 'vault.shard_key']);
const sealedOf = (subject: string): RegExp =>
  new RegExp(`v1\\|A256GCM\\|${subject}\\|\\d{1,9}\\|[\\w-]{16}\\|[\\w-]{22}\\|[\\w-]*`, 'g');

/**
 * Has the attacker, which shares no code with the cell, try every value of some people in a restored backup with every
 * login. Throws `BlindAttackError` where it does not find the control.
 */
export async function attackRestored(
  subjects: readonly string[],
  at: RestoredToAttack,
): Promise<ReadonlyMap<string, PersonInBackup>> {
  const { folder, control } = at;
  try {
    const rows = await writeBundle(subjects, at);
    const keyed = await keyedAmong(subjects, at.vaultUrl);
    const report: AttackReport = await runAttacker(folder);
    const opened = report.stores.flatMap((store) => store.opened);
    const isSeen = opened.some(
      ({ subject, value }) => subject === control.subject && value === control.text,
    );
    if (!isSeen) throw new BlindAttackError('the attack did not read its control');
    return new Map(
      subjects.map((subject) => {
        const sealed = new Set(rows.flatMap(({ line }) => line.match(sealedOf(subject)) ?? []));
        const read = opened.filter((of) => of.subject === subject);
        const hasKey = keyed.has(subject);
        const isKnown = rows.some(
          ({ table, line }) => table !== keyTable && line.includes(subject),
        );
        return [subject, { sealed: sealed.size, opened: read.length, hasKey, isKnown }];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const keyedAmong = (subjects: readonly string[], vaultUrl: string): Promise<ReadonlySet<string>> =>
  withClient(vaultUrl, async (client) => {
    const { rows } = await client.query<{ subject: string }>(keyedOf, [[...subjects]]);
    return new Set(rows.map(({ subject }) => subject));
  });

/** Answers every row that was written of the restored databases. */
async function writeBundle(
  subjects: readonly string[],
  { folder, cell, region, kms, control, shopUrl, vaultUrl }: RestoredToAttack,
): Promise<DumpedRow[]> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const write = (name: string, content: string) => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
  };
  write('bundle.json', JSON.stringify({ format: bundleFormat, cell, region }));
  write('kms.json', JSON.stringify(kms));
  write('dictionary.json', JSON.stringify({ emails: [], phones: [] }));
  const rows = join(folder, 'takes', 'restored', 'rows');
  const found: DumpedRow[] = [];
  for (const [cluster, url] of [
    ['shop', shopUrl],
    ['vault', vaultUrl],
  ] as const) {
    mkdirSync(join(rows, cluster), { recursive: true, mode: 0o700 });
    found.push(...(await dumpAbout(subjects, url, join(rows, cluster))));
  }
  for (const [table, row] of Object.entries(control.rows)) {
    const [cluster] = table.startsWith('vault.') ? (['vault'] as const) : (['shop'] as const);
    writeFileSync(join(rows, cluster, `${table}.jsonl`), `${JSON.stringify(row)}\n`, {
      ...{ mode: 0o600, flag: 'a' },
    });
  }
  return found;
}

/** Every row that names one of the people, and what wraps everybody's keys. */
async function dumpAbout(
  subjects: readonly string[],
  url: string,
  folder: string,
): Promise<DumpedRow[]> {
  return withClient(url, async (client) => {
    const { rows: tables } = await client.query<{ table: string }>(tablesOf);
    const found: DumpedRow[] = [];
    for (const { table } of tables) {
      const wanted = wholeTables.has(table) ? '' : 'WHERE t::text ~ $1';
      const { rows } = await client.query<{ line: string }>(
        `SELECT row_to_json(t)::text AS line FROM ${table} t ${wanted}`,
        wanted === '' ? [] : [subjects.join('|')],
      );
      const lines = rows.map(({ line }) => line);
      found.push(...lines.map((line) => ({ table, line })));
      const text = lines.map((line) => `${line}\n`).join('');
      writeFileSync(join(folder, `${table.replaceAll('"', '')}.jsonl`), text, { mode: 0o600 });
    }
    return found;
  });
}
