import { StackPaths } from '@entrepot/stack';
import { Command } from 'commander';

import { requireFolder } from '../given-file.ts';
import { runningCell } from '../running-cell.ts';
import { verifyErasures } from '../verification/verify-erasures.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function verify({ cell: id, backup }: { cell: string; backup?: string }): Promise<void> {
  if (backup !== undefined) requireFolder(backup);
  const paths = new StackPaths();
  const cell = runningCell(paths, id);
  const results = await verifyErasures({ paths, cell, backup, tell: print });
  for (const { requestId, part, tried, found, isGiven } of results) {
    const outcome = found === 0 ? 'nothing found' : `${found} FOUND`;
    print(
      `${requestId} ${part}: ${tried} tried, ${isGiven ? `${outcome}, signed` : 'no evidence'}`,
    );
  }
  if (results.some(({ found, isGiven }) => found > 0 || !isGiven)) process.exitCode = 1;
}

export default new Command('verify-erasures')
  .description(
    'look for erased people in every store and in a restored backup, and sign what was found',
  )
  .requiredOption('--cell <id>', 'the cell')
  .option('--backup <folder>', 'the folder of one backup from before the erasures')
  .action(verify);
