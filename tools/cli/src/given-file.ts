import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { StackError } from '@entrepot/stack';

/** The text of a file that was named on the command line. Throws StackError where there is none. */
export function readGivenFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new StackError(`There is no file ${file} that can be read.`, { cause });
  }
}

/** Asked before the work begins whose result goes there. Throws StackError. */
export function requireFolderOf(file: string): void {
  const folder = dirname(resolve(file));
  try {
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new StackError(`There is no folder ${folder} that can be written to.`, { cause });
  }
}

/** Throws StackError, as a folder that is misspelt must not pass for an empty one. */
export function requireFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw new StackError(`There is no folder ${folder}.`);
}
