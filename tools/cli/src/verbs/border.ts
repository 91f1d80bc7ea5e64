import { StackError } from '@entrepot/stack';
import type { LinkStatus } from '@entrepot/stack';
import { Command, InvalidArgumentError } from 'commander';

import { changeLink, delayLink, readStatus } from '../control-client.ts';

const delayMsMax = 60_000;
/** The links that lead into one cell from the others; an origin leads to shoppers, not abroad. */
const crossings = ['kafka-border', 'catalog-replication', 'cell-http'];

interface Options {
  readonly of?: string;
  readonly between?: readonly string[];
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const cellsOf = (links: readonly LinkStatus[]): readonly string[] =>
  [...new Set(links.map(({ name }) => name.split('.')[0] ?? ''))].toSorted();

/** A link leads into one cell from all others, so a pair can be parted only where there is no third. */
function assertWholeStack(pair: readonly string[], links: readonly LinkStatus[]): void {
  const running = cellsOf(links);
  if (pair.toSorted().join() === running.join()) return;
  throw new StackError(
    `A link serves all peers of a cell; with ${running.join(', ')} running, use --of <cell>.`,
  );
}

/** The border links that the options name; all of them when they name none. */
async function borderLinks({ of, between }: Options): Promise<readonly LinkStatus[]> {
  const { proxies } = await readStatus();
  const links = proxies.filter(({ name }) => crossings.some((kind) => name.endsWith(`.${kind}`)));
  if (between !== undefined) assertWholeStack(between, links);
  if (of === undefined) return links;
  const chosen = links.filter(({ name }) => name.startsWith(`${of}.`));
  if (chosen.length > 0) return chosen;
  throw new StackError(`There is no cell ${of}; running: ${cellsOf(links).join(', ')}.`);
}

async function change(kind: 'cut' | 'heal', options: Options): Promise<void> {
  for (const { name } of await borderLinks(options)) {
    await changeLink(name, kind);
    print(`${name} ${kind === 'cut' ? 'is cut' : 'is open'}`);
  }
}

function parseDelay(text: string): number {
  const delayMs = Number(text);
  if (Number.isInteger(delayMs) && delayMs >= 0 && delayMs <= delayMsMax) return delayMs;
  throw new InvalidArgumentError(`Give milliseconds from 0 to ${delayMsMax}.`);
}

const verb = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .option('--of <cell>', 'only the links into one cell')
    .option('--between <a,b>', 'the links between two cells', (text: string) => text.split(','));

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
        for (const { name } of await borderLinks(options)) {
          await delayLink(name, delayMs);
          print(`${name} is delayed by ${delayMs} ms`);
        }
      }),
  );
