import { CellDirectory, CellDirectoryError } from '@entrepot/platform-config';
import { StackError } from '@entrepot/stack';

/** Who the cells are, with their public keys. Throws StackError where the file does not say it. */
export function cellsIn(file: string): CellDirectory {
  try {
    return CellDirectory.fromFile(file);
  } catch (error) {
    if (!(error instanceof CellDirectoryError)) throw error;
    throw new StackError(`${file}: ${error.message}`, { cause: error });
  }
}
