import { Command, InvalidArgumentError, Option } from 'commander';

import { apiProcessesMax, keyDrivers, StackPaths } from '@entrepot/stack';
import type { KeyDriver } from '@entrepot/stack';

import { SupervisorRun } from '../start/run-supervisor.ts';
import { summaryOf } from '../start/summary.ts';

interface Options {
  readonly cells?: readonly string[];
  readonly api: number;
  readonly fresh: boolean;
  readonly keys?: KeyDriver;
  readonly detach: boolean;
  readonly clock?: Readonly<Record<string, number>>;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

function parseApiProcesses(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= apiProcessesMax) return count;
  throw new InvalidArgumentError(`Give a number from 1 to ${apiProcessesMax}.`);
}

const parseCells = (text: string): readonly string[] => text.split(',').map((id) => id.trim());

function parseClock(text: string, others: Options['clock'] = {}): Options['clock'] {
  const { cell, seconds } = /^(?<cell>[^=]+)=(?<seconds>[+-]?\d{1,6})$/.exec(text)?.groups ?? {};
  if (cell === undefined)
    throw new InvalidArgumentError('Give a cell and seconds, as in eu-1=3600.');
  return { ...others, [cell]: Number(seconds) };
}

/** Resolves at the first Ctrl-C; npm and the terminal may both pass it on, the second means nothing. */
function interrupted(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => resolve('interrupted'));
    }
  });
}

async function start({ cells, api, fresh, keys, detach, clock }: Options): Promise<void> {
  const order = {
    ...{ apiProcesses: api, isFresh: fresh, isDetached: detach },
    ...(cells !== undefined && { cells }),
    ...(keys !== undefined && { keyDriver: keys }),
    ...(clock !== undefined && { clocks: clock }),
  };
  const interruption = interrupted();
  const run = new SupervisorRun(order, print);
  const description = run.description();
  const outcome = await Promise.race([description, interruption]);
  if (outcome === 'interrupted') {
    description.catch(() => undefined);
    print('Stopping …');
    await run.stop();
    process.exitCode = 130;
    return;
  }
  print(summaryOf(outcome));
  if (detach) {
    print('Runs in the background; `npm stop` ends it.');
    run.release();
    process.exit(0);
  }
  print('Ctrl-C stops it all.');
  const end = await Promise.race([run.exited, interruption]);
  if (end === 'interrupted') {
    print('Stopping …');
    await run.stop();
    return;
  }
  print(`The supervisor ended by itself; see ${new StackPaths().supervisorLog}.`);
  process.exitCode = 1;
}

export default new Command('start')
  .description('start every cell with all its services, from nothing if need be')
  .addOption(
    new Option(
      '--cells <ids>',
      'the cells, as one of the sets in infra/cells; those of the data by default, in-1,eu-1 at first',
    ).argParser(parseCells),
  )
  .option('--api <n>', 'API processes per cell, behind one origin', parseApiProcesses, 1)
  .option(
    '--fresh',
    'throw all data, keys and addresses away first, and what was drawn from the data: demonstrations, backups verified, audits, replays and scans',
    false,
  )
  .addOption(
    new Option(
      '--keys <driver>',
      'what keeps the keys of people; chosen with fresh data, kms-per-user by default',
    ).choices(keyDrivers),
  )
  .option(
    '--clock <cell=seconds>',
    'for drills: the clock of the processes of a cell is ahead by so much, or behind (eu-1=-3600); may be given again',
    parseClock,
  )
  .option('--detach', 'return once everything answers and leave it running', false)
  .action(start);
