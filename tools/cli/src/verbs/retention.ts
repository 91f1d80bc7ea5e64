import { PgPastRetention, SweepRetention } from '@entrepot/flow-rights';
import { loadRegions } from '@entrepot/guards';
import { HashTombstones, PgCohortEnds, PgTombstones } from '@entrepot/privacy';
import type { CellId } from '@entrepot/kernel';
import { StackError } from '@entrepot/stack';
import { Command, InvalidArgumentError } from 'commander';
import { withCellDatabases } from '../shop-of-cell.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

interface Options {
  readonly cell: string;
  readonly dryRun: boolean;
}

async function sweep({ cell, dryRun }: Options): Promise<void> {
  const regions = await loadRegions();
  const swept = await withCellDatabases(cell, async ({ cell: { region }, shop }) => {
    const law = regions.find((of) => of.region === region)?.retentionLaw;
    if (law === undefined) throw new StackError(`Nobody wrote down the law of region ${region}.`);
    const retention = new SweepRetention(new PgPastRetention(shop), law);
    return retention.execute(new Date(), { isDryRun: dryRun });
  });
  for (const { name, table, days, since, due, ended, empties } of swept) {
    const done = dryRun
      ? `${due} past their end`
      : `${ended} of ${due} ${empties === undefined ? 'deleted' : 'emptied'}`;
    const what = empties === undefined ? table : `${table}.${empties}`;
    print(`${name.padEnd(20)}  ${done.padEnd(24)}  ${what}, ${days} days after ${since}`);
  }
  if (dryRun) print('Nothing was ended.');
}

/** Only the eraser ends the key of a cohort, and nobody earlier than its day: this says which are next. */
async function cohorts({
  cell,
  on,
}: {
  readonly cell: string;
  readonly on?: string;
}): Promise<void> {
  const ending = await withCellDatabases(cell, ({ vault }) => new PgCohortEnds(vault).due(on));
  for (const { cohort, endsOn, isUnusable } of ending) {
    const state = isUnusable ? 'unusable, its bytes go next' : 'kept';
    print(`${cohort.padEnd(48)}  until ${endsOn}  ${state}`);
  }
  const by = on === undefined ? 'by now' : `by ${on}`;
  print(`${ending.length} cohorts of statutory records end ${by}. Nothing was ended.`);
}

/** The key of the hash is the worker's to use, so that this only counts. */
async function tombstones({ cell }: { readonly cell: string }): Promise<void> {
  const { due } = await withCellDatabases(cell, ({ shop, vault }) => {
    const parts = {
      tombstones: new PgTombstones(shop, vault),
      references: { of: () => Promise.resolve(undefined) },
    };
    return new HashTombstones(cell as CellId, parts).execute(new Date(), { isDryRun: true });
  });
  print(`${due} erased people are still named by reference, longer than any backup is kept.`);
  print('Nothing was hashed: the workers do it every hour.');
}

const isoDay = (text: string): string => {
  const at = new Date(text);
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(at.getTime());
  // 31 February is read as a day of March
  if (isDay && at.toISOString().startsWith(text)) return text;
  throw new InvalidArgumentError('a day is written 2034-12-31');
};

export default new Command('retention')
  .description('what is kept no longer, whoever it is about')
  .addCommand(
    new Command('sweep')
      .description('end what is past its end by the schedule')
      .requiredOption('--cell <id>', 'the cell')
      .option('--dry-run', 'only say how much it is', false)
      .action(sweep),
  )
  .addCommand(
    new Command('tombstones')
      .description(
        'say how many erased people wait for a keyed hash in the place of their reference',
      )
      .requiredOption('--cell <id>', 'the cell')
      .action(tombstones),
  )
  .addCommand(
    new Command('cohorts')
      .description('say whose key the eraser ends: invoices of a year, and what a law keeps')
      .requiredOption('--cell <id>', 'the cell')
      .option('--on <day>', 'as on this day instead of now', isoDay)
      .action(cohorts),
  );
