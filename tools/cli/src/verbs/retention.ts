import { PgPastRetention, SweepRetention } from '@entrepot/flow-rights';
import { loadRegions } from '@entrepot/guards';
import { StackError } from '@entrepot/stack';
import { Command } from 'commander';
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
  for (const { name, table, days, since, due, deleted } of swept) {
    const done = dryRun ? `${due} past their end` : `${deleted} of ${due} deleted`;
    print(`${name.padEnd(20)}  ${done.padEnd(24)}  ${table}, ${days} days after ${since}`);
  }
  if (dryRun) print('Nothing was deleted.');
}

export default new Command('retention')
  .description('what is kept no longer, whoever it is about')
  .addCommand(
    new Command('sweep')
      .description('delete what is past its end by the schedule')
      .requiredOption('--cell <cell>')
      .option('--dry-run', 'only say how much it is', false)
      .action(sweep),
  );
