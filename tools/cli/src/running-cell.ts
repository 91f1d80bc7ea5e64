import {
  endLeftovers,
  markSupervision,
  requireDescription,
  requireRunning,
  StackError,
  StackLock,
} from '@entrepot/stack';
import type { DescribedCell, KeyDriver, StackDescription, StackPaths } from '@entrepot/stack';

/** A cell of the stack that runs. */
export const runningCell = (paths: StackPaths, id: string): DescribedCell =>
  cellIn(requireRunning(paths).cells, id);

/** Refuses a stack that keeps people's keys by another driver than was asked for. */
export function assertKeyDriver(
  { keyDriver }: Pick<StackDescription, 'keyDriver'>,
  asked: KeyDriver | undefined,
): void {
  if (asked === undefined || asked === keyDriver) return;
  throw new StackError(
    `The stack that runs keeps people's keys by ${keyDriver}. ` +
      `End it with \`npm stop\`; \`npm start -- --fresh --keys ${asked}\` starts one by ${asked}, on fresh data.`,
  );
}

/** Runs work on a cell of a stack that does not run, and keeps it from being started meanwhile. */
export async function withStoppedCell<T>(
  paths: StackPaths,
  id: string,
  work: (cell: DescribedCell, cells: readonly DescribedCell[]) => Promise<T>,
): Promise<T> {
  const { cells } = requireDescription(paths.description);
  const lock = StackLock.take(paths.lock);
  if (!(lock instanceof StackLock)) {
    throw new StackError('The stack runs; `npm stop` ends it. A restore needs a stopped cell.');
  }
  try {
    // a restore that was killed may have left its servers at work on the folders
    await endLeftovers(paths.processes, paths.home);
    markSupervision(paths.home);
    return await work(cellIn(cells, id), cells);
  } finally {
    lock.release();
  }
}

function cellIn(cells: readonly DescribedCell[], id: string): DescribedCell {
  const cell = cells.find((candidate) => candidate.id === id);
  if (cell !== undefined) return cell;
  throw new StackError(
    `There is no cell ${id} here; there are ${cells.map((c) => c.id).join(', ')}.`,
  );
}
