import { hasFailed, isStockDrillRow, plantedDefects, stockDrillRows } from '@entrepot/drills';
import type { StockDrillRow } from '@entrepot/drills';
import { keyDrivers, StackError } from '@entrepot/stack';
import type { KeyDriver } from '@entrepot/stack';
import { Command, InvalidArgumentError, Option } from 'commander';

import { drillInventory, stockDrillTable } from '../drill/inventory-drill.ts';
import { drillPlanted } from '../drill/planted-drill.ts';
import { drillPrivacy, tableOf } from '../drill/privacy-drill.ts';

interface Options {
  readonly only?: number;
  readonly keys?: KeyDriver;
  readonly planted: boolean;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

function parseNumber(text: string): number {
  const found = /^T?(?<number>[1-9]\d?)$/i.exec(text)?.groups?.['number'];
  if (found === undefined) throw new InvalidArgumentError('Give a number such as T24.');
  return Number(found);
}

function parseRow(text: string): StockDrillRow {
  const row = text.toUpperCase();
  if (isStockDrillRow(row)) return row;
  throw new InvalidArgumentError(`Known: ${Object.keys(stockDrillRows).join(', ')}.`);
}

async function drillStock({ only }: { readonly only?: StockDrillRow }): Promise<void> {
  const drilled = await drillInventory(only, print);
  print(`\n${stockDrillTable(drilled)}`);
  if (drilled.some(hasFailed)) process.exitCode = 1;
}

async function drill({ only, keys, planted }: Options): Promise<void> {
  if (planted) return drillDefects(only);
  const specs = await drillPrivacy(
    {
      ...(keys !== undefined && { drivers: [keys] }),
      ...(only !== undefined && { only }),
    },
    print,
  );
  if (specs.length === 0) throw new StackError('No drill has this number.');
  print(`\n${tableOf(specs)}`);
  if (specs.some(hasFailed)) process.exitCode = 1;
}

/** Each defect has to turn a spec of its own number red. */
async function drillDefects(only: number | undefined): Promise<void> {
  const chosen = plantedDefects.filter(({ number }) => only === undefined || number === only);
  if (chosen.length === 0) throw new StackError('No defect is planted for this number.');
  const found = await drillPlanted(chosen, print);
  const missed = found.filter(({ outcome }) => outcome !== 'found');
  print(`\n${found.length - missed.length} defects found, ${missed.length} missed or broken`);
  if (missed.length > 0) process.exitCode = 1;
}

export default new Command('drill')
  .description('run for longer than a test may take what could break a promise')
  .addCommand(
    new Command('privacy')
      .description('the tests T1 to T45 that need a stack, with each driver of people’s keys')
      .option('--only <number>', 'one of them, T24', parseNumber)
      .addOption(new Option('--keys <driver>', 'with one driver only').choices(keyDrivers))
      .option(
        '--planted',
        'plant a defect for each number in a copy: its test must turn red',
        false,
      )
      .action(drill),
  )
  .addCommand(
    new Command('inventory')
      .description(
        'stock between two cells: a process dies at each step of a borrow, the border fails',
      )
      .option('--only <row>', 'one of them, C3 or F9', parseRow)
      .action(drillStock),
  );
