import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { readChain, verifyConservation } from '@entrepot/audit';
import type { ConservationReport, VectorChain } from '@entrepot/audit';
import type { CellDirectory } from '@entrepot/platform-config';
import { StackError, StackPaths } from '@entrepot/stack';
import { Command, InvalidArgumentError } from 'commander';

import { cellsIn } from '../cells-file.ts';
import { linesOfGivenFile, requireFolder } from '../given-file.ts';

const breachesPrintedMax = 50;
const skewMsDefault = 2_000;
const skewMsMax = 3_600_000;
const print = (line: string): void => void process.stdout.write(`${line}\n`);

interface Options {
  readonly cells: string;
  readonly skewMs: number;
  readonly json: boolean;
}

function parseSkew(text: string): number {
  const ms = Number(text);
  if (Number.isInteger(ms) && ms >= 0 && ms <= skewMsMax) return ms;
  throw new InvalidArgumentError(`Give whole milliseconds from 0 to ${skewMsMax}.`);
}

/** Every cell of the file of cells must have given its vectors: what one does not tell proves nothing. */
function readChains(folder: string, { cells }: CellDirectory): VectorChain[] {
  requireFolder(folder);
  return cells.map(({ id, envelopeKeys }) => {
    const file = join(folder, `${id}.vectors.jsonl`);
    if (!existsSync(file)) throw new StackError(`Of ${id} there are no vectors in ${folder}.`);
    const keys = envelopeKeys.map(({ publicKeyPem }) => publicKeyPem);
    return readChain(id, linesOfGivenFile(file), keys);
  });
}

function tell(chains: readonly VectorChain[], report: ConservationReport): void {
  for (const { cell, vectors } of chains) {
    const [first, last] = [vectors.at(0), vectors.at(-1)];
    const span =
      first === undefined || last === undefined
        ? 'none'
        : `${first.number} to ${last.number}, ${first.notBefore} to ${last.notAfter}`;
    print(`${cell}: ${vectors.length} vectors, ${span}`);
  }
  const { breaches, proved, unproved, cut } = report;
  print(
    `${proved} totals taken in were given before; ${unproved} are too new to be held against it`,
  );
  if (cut === undefined) print('Not all pools have been told yet: what exists is not added up.');
  else {
    const { exist, placed, inTransit } = cut;
    const sign = exist === placed + inTransit ? '=' : '≠';
    print(
      `all pools: ${exist} units exist ${sign} ${placed} in the cells + ${inTransit} in transit`,
    );
  }
  for (const { code, row } of breaches.slice(0, breachesPrintedMax)) {
    print(`  ${code}  ${JSON.stringify(row)}`);
  }
  const hidden = breaches.length - breachesPrintedMax;
  if (hidden > 0) print(`  … and ${hidden} more`);
  print(breaches.length === 0 ? 'Conserved.' : 'NOT CONSERVED.');
}

function verify(folder: string, { cells, skewMs, json }: Options): void {
  const directory = cellsIn(cells);
  const chains = readChains(folder, directory);
  const homes = new Map(
    directory.cells.flatMap(({ id, warehouses }) => warehouses.map((of) => [of.id, id] as const)),
  );
  const report = verifyConservation(chains, { skewMs, homes });
  if (json) print(JSON.stringify(report, undefined, 2));
  else tell(chains, report);
  // a folder without a vector is no proof
  const isEmpty = chains.some(({ vectors }) => vectors.length === 0);
  if (isEmpty || report.breaches.length > 0) process.exitCode = 1;
}

export default new Command('verify-conservation')
  .description(
    'check the signed totals of stock of all cells, offline: that no unit was made or sold twice',
  )
  .argument('<folder>', 'what export-conservation has written, of every cell')
  .option('--cells <file>', 'the cells with their public keys', new StackPaths().cells)
  .option(
    '--skew-ms <n>',
    'by how much the clocks of two cells may be apart',
    parseSkew,
    skewMsDefault,
  )
  .option('--json', 'the same for programs', false)
  .action(verify);
