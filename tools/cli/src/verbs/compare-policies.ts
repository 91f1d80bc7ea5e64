import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import {
  comparedPolicies,
  compareOnRetailOrders,
  cutContenders,
  cutShapes,
  cutTable,
  demandShapes,
  drawComparison,
  retailTable,
  shapesTable,
  simulateShape,
} from '@entrepot/policy-lab';
import type { Cut, DemandShape, RetailComparison, ShapeComparison } from '@entrepot/policy-lab';
import { DataMissingError } from '@entrepot/replay';
import { StackPaths } from '@entrepot/stack';
import { Command, InvalidArgumentError, Option } from 'commander';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const runsMax = 1_000;

interface Months {
  readonly from: string;
  readonly to: string;
}

interface Options {
  readonly data?: string;
  readonly months: Months;
  readonly stockShort: number;
  readonly runs: number;
  readonly chart: string;
}

/** `all`, one month (`2010-12`) or two with what lies between (`2010-12..2011-02`). */
function months(text: string): Months {
  if (text === 'all') return { from: '0000-01-01', to: '9999-12-31' };
  const [from, to = from] = text.split('..');
  const isMonth = (of: string | undefined): of is string => /^\d{4}-\d{2}$/.test(of ?? '');
  if (isMonth(from) && isMonth(to) && from <= to) return { from: `${from}-01`, to: `${to}-31` };
  throw new InvalidArgumentError('Give all, a month as 2010-12 or several as 2010-12..2011-02.');
}

function whole(from: number, to: number): (text: string) => number {
  return (text) => {
    const parsed = Number(text);
    if (Number.isInteger(parsed) && parsed >= from && parsed <= to) return parsed;
    throw new InvalidArgumentError(`Give a whole number from ${from} to ${to}.`);
  };
}

const compareAll = (shape: DemandShape, runs: number): ShapeComparison => ({
  shape,
  outcomes: new Map(
    comparedPolicies.map((policy) => [policy.name, simulateShape(policy, shape, { runs })]),
  ),
});

const compareCut = ([shape, cut]: readonly [DemandShape, Cut], runs: number): ShapeComparison => ({
  shape,
  outcomes: new Map(
    cutContenders.map(({ name, policy, isForecast }) => [
      name,
      simulateShape(policy, shape, { runs, cut, isForecast }),
    ]),
  ),
});

/** The orders of a real shop, or the reason why they are left out. */
async function compareRetail({
  data,
  months: { from, to },
  stockShort,
}: Options): Promise<RetailComparison | string> {
  if (data === undefined) return 'no data folder was given with --data or ENTREPOT_DATA';
  try {
    const request = { dataFolder: data, from, to, stockShortPercent: stockShort };
    const retail = await compareOnRetailOrders(request);
    return retail.orders === 0 ? 'there are none in these months' : retail;
  } catch (error) {
    if (error instanceof DataMissingError) return error.message;
    throw error;
  }
}

async function compare(options: Options): Promise<void> {
  const { runs } = options;
  const shapes = demandShapes.map((shape) => compareAll(shape, runs));
  const cuts = cutShapes.map((cut) => compareCut(cut, runs));
  print(`One article, twice as many wanted as there are, mean of ${runs} runs with the`);
  print('seeds from 1 on; in brackets the figures of the specification.\n');
  print(`${shapesTable(shapes)}\n`);
  print('With the border cut from the tenth second for a minute; behind the stroke what was');
  print(`refused wrongly while the cells could reach each other.\n\n${cutTable(cuts)}\n`);
  const retail = await compareRetail(options);
  if (typeof retail === 'string') print(`The orders of a shop are skipped: ${retail}`);
  else {
    const count = (number: number): string => number.toLocaleString('en');
    print(`${count(retail.orders)} orders at their own times: ${count(retail.lines)} lines,`);
    print(`${count(retail.units)} units of ${count(retail.pools)} articles, stock short by`);
    print(`${options.stockShort} %, India asks for ${(100 * retail.indiaShare).toFixed(1)} %.\n`);
    print(`${retailTable(retail)}\n`);
  }
  mkdirSync(dirname(options.chart), { recursive: true });
  writeFileSync(
    options.chart,
    drawComparison(shapes, typeof retail === 'string' ? undefined : retail),
  );
  print(`Chart: ${options.chart}`);
}

export default new Command('compare-policies')
  .description('compare by simulation how cells share their stock')
  .addOption(
    new Option('--data <folder>', 'the folder that holds online-retail/').env('ENTREPOT_DATA'),
  )
  .option('--months <months>', 'all, 2010-12, or 2010-12..2011-02', months, months('all'))
  .option(
    '--stock-short <percent>',
    'give each article that much less than is asked',
    whole(0, 99),
    20,
  )
  .option('--runs <n>', 'runs per demand shape', whole(1, runsMax), 20)
  .option(
    '--chart <file>',
    'where the chart goes',
    join(new StackPaths().replay, 'stock-policies.svg'),
  )
  .action(compare);
