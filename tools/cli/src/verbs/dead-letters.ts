import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ShopDatabase } from '@entrepot/platform-database';
import { DeadLetterStore } from '@entrepot/platform-messaging';
import type { StoredDeadLetter } from '@entrepot/platform-messaging';
import { requireRunning, StackError, StackPaths } from '@entrepot/stack';
import { Argument, Command, Option } from 'commander';

const rowsMaxDefault = 100;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Under the worker's role: it may look at dead letters and ask for them to be taken in again. */
function openShop(cellId: string | undefined): ShopDatabase {
  const { cells } = requireRunning(new StackPaths());
  const cell = cellId === undefined ? cells[0] : cells.find(({ id }) => id === cellId);
  if (cell === undefined) throw new StackError(`There is no cell ${cellId ?? ''} here.`);
  const password = readFileSync(join(cell.secrets, 'postgres', 'shop_worker'), 'utf8');
  return new ShopDatabase({
    url: `postgres://shop_worker:${password}@127.0.0.1:${cell.databasePorts['shop']}/shop`,
    connectionsMax: 1,
    applicationName: `${cell.id} dead-letters`,
  });
}

async function withLetters<T>(
  cell: string | undefined,
  work: (letters: DeadLetterStore) => Promise<T>,
): Promise<T> {
  const shop = openShop(cell);
  try {
    return await work(new DeadLetterStore(shop));
  } finally {
    await shop.close();
  }
}

const summary = (letter: StoredDeadLetter): string =>
  [
    String(letter.id).padStart(6),
    letter.parkedAt.toISOString(),
    letter.state.padEnd(9),
    letter.code.padEnd(20),
    letter.consumer.padEnd(24),
    `${letter.topic}[${letter.partition}]@${letter.offset}`,
  ].join('  ');

const cellOption = () => new Option('--cell <cell>', 'the first one when left out');
const idArgument = () =>
  new Argument('<id>', 'number of the dead letter').argParser((text) => {
    if (!/^[1-9][0-9]*$/.test(text))
      throw new StackError(`"${text}" is not the number of a dead letter; list shows them.`);
    return BigInt(text);
  });

const list = new Command('list')
  .description('show what is parked, oldest first')
  .addOption(cellOption())
  .option('--consumer <name>', 'only of one consumer')
  .option('--all', 'also what was resolved or discarded', false)
  .action(async (options: { cell?: string; consumer?: string; all: boolean }) => {
    const { cell, consumer, all } = options;
    const filter = { consumer, includeClosed: all, rowsMax: rowsMaxDefault };
    const letters = await withLetters(cell, (store) => store.list(filter));
    if (letters.length === 0) print('No dead letters.');
    for (const letter of letters) print(summary(letter));
    if (letters.length === rowsMaxDefault) print(`(the first ${rowsMaxDefault})`);
  });

const show = new Command('show')
  .description('show one dead letter')
  .addArgument(idArgument())
  .addOption(cellOption())
  .action(async (id: bigint, { cell }: { cell?: string }) => {
    const letter = await withLetters(cell, (store) => store.find(id));
    if (letter === undefined)
      throw new StackError(`There is no dead letter ${id}; list --all shows them.`);
    for (const [name, value] of Object.entries(letter)) {
      print(`${name.padEnd(10)} ${value instanceof Date ? value.toISOString() : String(value)}`);
    }
  });

const redrive = new Command('redrive')
  .description('ask the consumer to take a dead letter in again; what waits behind it follows')
  .addArgument(idArgument())
  .addOption(cellOption())
  .action(async (id: bigint, { cell }: { cell?: string }) => {
    if (await withLetters(cell, (store) => store.askForRedrive(id))) {
      print(`Dead letter ${id} will be taken in again within seconds.`);
      return;
    }
    throw new StackError(
      `Dead letter ${id} cannot be taken in again: it is closed, or not there; list --all shows it.`,
    );
  });

const discard = new Command('discard')
  .description('give a dead letter up; what waits behind it follows')
  .addArgument(idArgument())
  .addOption(cellOption())
  .action(async (id: bigint, { cell }: { cell?: string }) => {
    if (await withLetters(cell, (store) => store.discard(id))) {
      print(`Dead letter ${id} was discarded.`);
      return;
    }
    throw new StackError(
      `Dead letter ${id} cannot be given up: it is closed, or not there; list --all shows it.`,
    );
  });

export default new Command('dead-letters')
  .description('look at records that could not be taken in, and take them in again')
  .addCommand(list)
  .addCommand(show)
  .addCommand(redrive)
  .addCommand(discard);
