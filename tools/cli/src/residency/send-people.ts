import { join } from 'node:path';

import { CanaryPerson, newCanaries, writeForms } from '@entrepot/border-scan';
import type { CallMade } from '@entrepot/border-scan';
import { CellDirectory } from '@entrepot/platform-config';
import { StackError } from '@entrepot/stack';
import type { DescribedCell, StackPaths } from '@entrepot/stack';

/** A person who lived in a cell for a scan, without a word of theirs. */
export interface SentPerson {
  readonly home: string;
  readonly calls: readonly CallMade[];
  readonly fields: readonly string[];
}

/** The file of forms that the scanners of other cells are given. */
export const formsFileOf = (paths: StackPaths, cell: string): string =>
  join(paths.scan, `${cell}.forms`);

const localUrlOf = (cell: DescribedCell): string => `http://127.0.0.1:${new URL(cell.origin).port}`;

/** Lets a person live in every cell and writes down what must not be found anywhere else. */
export async function sendPeople(
  paths: StackPaths,
  cells: readonly DescribedCell[],
  cellsFile: string,
): Promise<SentPerson[]> {
  const directory = CellDirectory.fromFile(cellsFile);
  const sent: SentPerson[] = [];
  for (const cell of cells) {
    const canaries = newCanaries();
    const country = directory.cells.find(({ id }) => id === cell.id)?.countries[0];
    if (country === undefined) throw new StackError(`Nobody resides in ${cell.id}.`);
    const person = new CanaryPerson(
      {
        cell: cell.id,
        url: localUrlOf(cell),
        country,
        paymentMethod: cell.region === 'in' ? 'upi' : 'card',
        elsewhereUrls: cells.filter(({ id }) => id !== cell.id).map(localUrlOf),
      },
      canaries,
    );
    await person.live();
    if (person.failures.length > 0) {
      const [failure] = person.failures;
      throw new StackError(
        `${cell.id} refused what a shopper may do, so a scan shows nothing: ` +
          `${failure?.call ?? ''} ${failure?.status ?? 0}.`,
      );
    }
    writeForms(formsFileOf(paths, cell.id), cell.id, canaries);
    sent.push({ home: cell.id, calls: person.calls, fields: Object.keys(canaries) });
  }
  return sent;
}
