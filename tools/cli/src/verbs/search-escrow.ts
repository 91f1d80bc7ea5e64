import { escrow, EscrowSearch, scopeOf, searchedMutants } from '@entrepot/simulator';
import type { Finding, SearchedProtocol, SearchOutcome, SearchProgress } from '@entrepot/simulator';
import { Command, InvalidArgumentError } from 'commander';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const cellsMax = 4;
const unitsMax = 6;
const reservationsMax = 4;
const statesMost = 50_000_000;
const mutantIds = searchedMutants.map(({ protocol }) => protocol.id);

interface Options {
  readonly cells: number;
  readonly units: number;
  readonly reservations: number;
  readonly losses: number;
  readonly statesMax: number;
  readonly asks?: 'any-time' | 'beforehand';
  readonly mutant?: SearchedProtocol;
}

function whole(from: number, to: number): (text: string) => number {
  return (text) => {
    const parsed = Number(text);
    if (Number.isInteger(parsed) && parsed >= from && parsed <= to) return parsed;
    throw new InvalidArgumentError(`Give a whole number from ${from} to ${to}.`);
  };
}

function mutantNamed(id: string): SearchedProtocol {
  const found = searchedMutants.find(({ protocol }) => protocol.id === id);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`Known are ${mutantIds.join(', ')}.`);
}

function asksNamed(text: string): 'any-time' | 'beforehand' {
  if (text === 'any-time' || text === 'beforehand') return text;
  throw new InvalidArgumentError('Known are any-time, beforehand.');
}

const progressLine = ({ states, frontier, depth, seconds }: SearchProgress): string =>
  `${states} states, ${Math.round(states / seconds)}/s, ${frontier} in the frontier, depth ${depth}`;

function tellFinding(title: string, { what, steps }: Finding): void {
  print(`\n${title} after ${steps.length} steps: ${what.join('; ')}`);
  steps.forEach((step, at) => print(`${String(at + 1).padStart(4)}  ${step}`));
}

const endings: Readonly<Record<SearchOutcome['end'], string>> = {
  exhausted: 'Everything that can happen within the scope was seen.',
  limit: 'The limit of states was met; the frontier was not emptied.',
  oversold: 'A unit can be sold twice.',
};

function search({ cells, units, losses, reservations, statesMax, asks, mutant }: Options): void {
  const searched = mutant ?? escrow;
  const scope = scopeOf(cells, units, {
    losses,
    reservations: Array.from({ length: reservations }, () => 1),
    ...(asks !== undefined && { asks }),
  });
  print(
    `${searched.protocol.name}: ${cells} cells, ${units} units, ${reservations} reservations each`,
  );
  const outcome = new EscrowSearch(scope, searched, {
    statesMax,
    onProgress: (progress) => print(progressLine(progress)),
  }).run();
  const megabytes = Math.round(process.memoryUsage().rss / 1_000_000);
  print(`${progressLine(outcome)}, ${outcome.transitions} transitions`);
  print(`${outcome.seconds.toFixed(1)} s, ${megabytes} MB, ${outcome.cellStates} states of a cell`);
  print(endings[outcome.end]);
  if (outcome.breach !== undefined) tellFinding('The first invariant fails', outcome.breach);
  if (outcome.oversold !== undefined) tellFinding('A unit is sold twice', outcome.oversold);
  if (outcome.breach === undefined) print('No invariant failed in any state.');
  // a mutant that gets away is as bad as a protocol that does not
  const isAsExpected = (outcome.oversold !== undefined) === (mutant !== undefined);
  if (!isAsExpected || (mutant === undefined && outcome.breach !== undefined)) process.exitCode = 1;
}

export default new Command('search-escrow')
  .description('visit every state that the rules of escrow can reach within a small scope')
  .option('--cells <n>', 'cells; the first has the warehouse', whole(2, cellsMax), 2)
  .option('--units <n>', 'units that can arrive', whole(1, unitsMax), 2)
  .option('--losses <n>', 'units that the warehouse can find to be gone', whole(0, unitsMax), 0)
  .option(
    '--reservations <n>',
    'reservations of one unit that each cell can be asked for',
    whole(1, reservationsMax),
    2,
  )
  .option(
    '--asks <when>',
    'any-time, or beforehand, which keeps them out of the states; any-time for two cells',
    asksNamed,
  )
  .option('--states-max <n>', 'give up after so many states', whole(1, statesMost), 5_000_000)
  .option('--mutant <name>', `search a wrong protocol: ${mutantIds.join(', ')}`, mutantNamed)
  .action(search);
