import { answersOk, requireRunning, StackLock, StackPaths } from '@entrepot/stack';
import type { DescribedCell, LinkStatus } from '@entrepot/stack';
import { Command } from 'commander';

import { readStatus } from '../control-client.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Asked on loopback directly: not every resolver knows `*.localhost`. */
async function readiness(cell: DescribedCell): Promise<string> {
  const { port } = new URL(cell.origin);
  const isReady = await answersOk(`http://127.0.0.1:${port}/health/ready`);
  return `${cell.id}  ${cell.origin}  ${isReady ? 'ready' : 'NOT READY'}`;
}

/** `sent` is what goes into the cell that a link is named after, `received` what comes back. */
function stateOf({ isCut, delayMs, silent }: LinkStatus): string {
  if (isCut) return 'CUT';
  const delayed = Object.entries(delayMs).flatMap(([way, ms]) =>
    ms > 0 ? [`${way} is delayed by ${ms} ms`] : [],
  );
  const unheard = Object.keys(silent).map((way) => `${way} is NOT HEARD`);
  return [...delayed, ...unheard].join(', ') || 'open';
}

async function showStatus({ json }: { json: boolean }): Promise<void> {
  const paths = new StackPaths();
  if (StackLock.holder(paths.lock) === undefined) {
    print('No stack is running; `npm start -- --detach` starts one.');
    process.exitCode = 1;
    return;
  }
  const status = await readStatus();
  if (json) {
    print(JSON.stringify(status, undefined, 2));
    return;
  }
  const { cells } = requireRunning(paths);
  for (const line of await Promise.all(cells.map(readiness))) print(line);
  print('');
  for (const { name, state, pid, restarts } of status.services) {
    const process = pid === undefined ? '' : `pid ${pid}`;
    const history = restarts === 0 ? '' : `restarts ${restarts}`;
    print(`  ${name.padEnd(22)} ${state.padEnd(9)} ${process.padEnd(12)} ${history}`.trimEnd());
  }
  print('');
  for (const link of status.proxies) print(`  ${link.name.padEnd(32)} ${stateOf(link)}`);
}

export default new Command('status')
  .description('show what runs, whether it is ready, and which links are cut')
  .option('--json', 'the same for programs', false)
  .action(showStatus);
