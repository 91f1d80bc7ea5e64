import { crossingOf, StackError } from '@entrepot/stack';
import type { Crossing } from '@entrepot/stack';
import { Command, InvalidArgumentError } from 'commander';

import { changeLink, delayLink, readStatus } from '../control-client.ts';

const delayMsMax = 60_000;
interface Options {
  readonly of?: string;
  readonly between?: readonly [string, string];
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** The border links that the options name; all of them when they name none. */
async function borderLinks({ of, between }: Options): Promise<readonly string[]> {
  const { proxies } = await readStatus();
  const links = proxies.flatMap(({ name }) => {
    const crossing = crossingOf(name);
    return crossing === undefined ? [] : [{ name, ...crossing }];
  });
  const running = [...new Set(links.map(({ into }) => into))].toSorted();
  const unknown = [...(of === undefined ? [] : [of]), ...(between ?? [])].find(
    (cell) => !running.includes(cell),
  );
  if (unknown !== undefined) {
    throw new StackError(`There is no cell ${unknown}; running: ${running.join(', ')}.`);
  }
  const isBetween = ({ into, from }: Crossing): boolean =>
    between === undefined || (between.includes(into) && between.includes(from));
  return links
    .filter((link) => (of === undefined || link.into === of) && isBetween(link))
    .map(({ name }) => name);
}

async function change(kind: 'cut' | 'heal', options: Options): Promise<void> {
  for (const name of await borderLinks(options)) {
    await changeLink(name, kind);
    print(`${name} ${kind === 'cut' ? 'is cut' : 'is open'}`);
  }
}

function parseDelay(text: string): number {
  const delayMs = Number(text);
  if (Number.isInteger(delayMs) && delayMs >= 0 && delayMs <= delayMsMax) return delayMs;
  throw new InvalidArgumentError(`Give milliseconds from 0 to ${delayMsMax}.`);
}

function parsePair(text: string): readonly [string, string] {
  const [one = '', other = '', ...more] = text.split(',').map((id) => id.trim());
  if (one !== '' && other !== '' && one !== other && more.length === 0) return [one, other];
  throw new InvalidArgumentError('Give two cells, such as in-1,eu-1.');
}

const verb = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .option('--of <cell>', 'only the links into one cell')
    .option('--between <a,b>', 'the links between two cells', parsePair);

export default new Command('border')
  .description('part the cells from each other, and join them again')
  .addCommand(verb('cut', 'cut the links').action((options: Options) => change('cut', options)))
  .addCommand(
    verb('heal', 'open the links, without delay').action((options: Options) =>
      change('heal', options),
    ),
  )
  .addCommand(
    verb('delay', 'hold back every byte on the links')
      .argument('<ms>', 'milliseconds, each way', parseDelay)
      .action(async (delayMs: number, options: Options) => {
        for (const name of await borderLinks(options)) {
          await delayLink(name, delayMs);
          print(`${name} is delayed by ${delayMs} ms`);
        }
      }),
  );
