import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { readVectors } from '@entrepot/audit';
import { requireRunning, StackPaths } from '@entrepot/stack';
import { Command } from 'commander';

import { auditorUrl } from '../auditor-login.ts';
import { runApart } from '../run-apart.ts';
import { runningCell } from '../running-cell.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const paths = new StackPaths();

interface Options {
  readonly cell?: string;
  readonly to: string;
}

async function exportVectors({ cell, to }: Options): Promise<void> {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  if (cell === undefined) {
    for (const { id } of requireRunning(paths).cells) {
      const code = await runApart(['export-conservation', '--cell', id, '--to', to]);
      if (code !== 0) process.exitCode = code;
    }
    return;
  }
  const lines = await readVectors(auditorUrl(runningCell(paths, cell)));
  const file = join(to, `${cell}.vectors.jsonl`);
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  print(`${cell}: ${lines.length} signed vectors in ${file}`);
}

export default new Command('export-conservation')
  .description('write the signed totals of stock of each minute, for verify-conservation')
  .requiredOption('--to <folder>', 'where they go, one file for each cell')
  .option('--cell <id>', 'only of this cell')
  .action(exportVectors);
