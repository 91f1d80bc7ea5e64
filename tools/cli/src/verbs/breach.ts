import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { breachReportOf, readErasedSince, readExposure } from '@entrepot/flow-rights';
import type { BreachReport, MappedTable } from '@entrepot/flow-rights';
import { repositoryRoot, StackError } from '@entrepot/stack';
import { Command } from 'commander';

import { requireFolderOf } from '../given-file.ts';
import { withCellDatabases } from '../shop-of-cell.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

interface Options {
  readonly cell: string;
  readonly tables: string;
  readonly since: string;
  readonly discovered?: string;
  readonly keysSafe: boolean;
  readonly out?: string;
}

function instantOf(option: string, text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new StackError(`"${text}" is no instant; write RFC 3339.`);
  if (at > new Date()) throw new StackError(`${option} lies in the future.`);
  return at;
}

/** A report that leaves a table out is worse than none. */
function namesIn(list: string, map: readonly MappedTable[]): string[] {
  const names = list.split(',').map((name) => name.trim());
  for (const name of names) {
    const found = map.find(({ table }) => table === name);
    if (found === undefined) {
      throw new StackError(`There is no table "${name}" in docs/reference/data-map.md.`);
    }
    if (found.subject === null) {
      throw new StackError(
        `No column of ${name} names a person: this report cannot say whom its rows are about.`,
      );
    }
  }
  return names;
}

async function report(options: Options): Promise<void> {
  const file = join(repositoryRoot, 'docs', 'reference', 'data-map.json');
  const { tables } = JSON.parse(readFileSync(file, 'utf8')) as { tables: readonly MappedTable[] };
  const names = namesIn(options.tables, tables);
  const since = instantOf('--since', options.since);
  const discoveredAt =
    options.discovered === undefined ? new Date() : instantOf('--discovered', options.discovered);
  if (since > discoveredAt) throw new StackError('--since must not be after --discovered.');
  if (options.out !== undefined) requireFolderOf(options.out);
  const found = await withCellDatabases(options.cell, async ({ cell, shop, vault }) => ({
    region: cell.region,
    exposed: await readExposure((of) => (of === 'vault' ? vault : shop), tables, names),
    erasedSince: await readErasedSince(shop, since),
  }));
  const made = breachReportOf({
    ...{ cell: options.cell, since, discoveredAt, tables, ...found },
    areKeysSafe: options.keysSafe,
  });
  summarise(made);
  if (options.out === undefined) return;
  writeFileSync(options.out, `${JSON.stringify(made, undefined, 2)}\n`, { mode: 0o600 });
  print(`The references of everybody are in ${options.out}.`);
}

function summarise({ people, erasedSince, tables, duties, ...of }: BreachReport): void {
  print(`${people.length} people, and ${erasedSince.length} who were erased since ${of.since}`);
  for (const table of tables) {
    print(`${table.table}: ${table.people} people`);
    const categories = table.categories.length === 0 ? '' : ` (${table.categories.join(', ')})`;
    print(`  encrypted    ${table.encrypted.join(', ') || 'nothing'}${categories}`);
    print(`  in the clear ${table.inTheClear.join(', ')}`);
  }
  print(of.areKeysSafe ? 'The keys are said to be safe.' : 'The keys are not known to be safe.');
  if (of.mayNotHaveToTellPeople) print('Article 34(3)(a) may hold: counsel decides.');
  for (const { toWhom, law, until } of duties) {
    print(`Tell ${toWhom} (${law}) ${until === null ? 'without delay' : `by ${until}`}`);
  }
}

export default new Command('breach')
  .description('what has to be known when somebody had what they should not')
  .addCommand(
    new Command('report')
      .description(
        'whom a breach of some tables is about, what could be read, and by when to tell whom',
      )
      .requiredOption('--cell <id>', 'the cell')
      .requiredOption('--tables <list>', 'schema.table, separated by commas')
      .requiredOption('--since <instant>', 'from when on it was open')
      .option('--discovered <instant>', 'when we learnt of it; now when left out')
      .option('--keys-safe', 'it was found out that nobody outside can have had the keys', false)
      .option('--out <file>', 'the whole report as JSON, with everybody’s reference')
      .action(report),
  );
