import { isClean } from '@entrepot/border-scan';
import { requireRunning, StackPaths } from '@entrepot/stack';
import { Command } from 'commander';

import { allScansOf, scanCells } from '../residency/scan-cells.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const paths = new StackPaths();

async function scanBorder(): Promise<void> {
  const { cells, cellsFile } = requireRunning(paths);
  const scans = allScansOf(await scanCells({ paths, cells, cellsFile, tell: print }));
  const failed = scans.filter((result) => !isClean(result));
  print(
    failed.length === 0
      ? `Clean: ${scans.length} stores, and every control was found in each.`
      : `${failed.length} of ${scans.length} stores are not clean.`,
  );
  if (failed.length > 0) process.exitCode = 1;
}

export default new Command('scan-border')
  .description('look for one cell’s people in everything that another cell stores')
  .action(scanBorder);
