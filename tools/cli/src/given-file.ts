import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { StackError } from '@entrepot/stack';

/** The text of a file that was named on the command line. Throws StackError where there is none. */
export function readGivenFile(file: string): string {
  return bytesOf(file).toString('utf8');
}

/** Its lines, those that are not empty, one after the other: all together may be more than a string can hold. */
export function* linesOfGivenFile(file: string): Generator<string> {
  const bytes = bytesOf(file);
  for (let at = 0; at < bytes.length;) {
    const found = bytes.indexOf('\n', at);
    const end = found < 0 ? bytes.length : found;
    if (end > at) yield bytes.toString('utf8', at, end);
    at = end + 1;
  }
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
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
