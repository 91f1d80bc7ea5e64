import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { StackError } from '../stack-error.ts';
import type { StackPaths } from '../stack-paths.ts';

/** What keeps the keys of people, the same in all cells of a stack (ADR 0008). */
export const keyDrivers = ['kms-per-user', 'kms-epoch'] as const;
export type KeyDriver = (typeof keyDrivers)[number];

const fileOf = ({ data }: StackPaths): string => join(data, 'key-driver');

/**
 * By which driver this stack keeps its keys: the one that its data have, else the one asked for, else
 * `kms-per-user`. Throws a `StackError` where the data have another one than was asked for: a vault keeps
 * its driver for life.
 */
export function settleKeyDriver(
  paths: StackPaths,
  cells: readonly string[],
  asked: KeyDriver | undefined,
): KeyDriver {
  const found = driverOfData(paths, cells);
  if (found !== undefined && asked !== undefined && found !== asked) {
    throw new StackError(
      `The data here keep people's keys by ${found}, and a cell does not change that (ADR 0008). ` +
        `Start with --keys ${found}, or with --fresh, which throws the data away.`,
    );
  }
  const driver = found ?? asked ?? 'kms-per-user';
  mkdirSync(paths.data, { recursive: true, mode: 0o700 });
  writeFileSync(fileOf(paths), `${driver}\n`);
  return driver;
}

function driverOfData(paths: StackPaths, cells: readonly string[]): KeyDriver | undefined {
  if (existsSync(fileOf(paths))) {
    const text = readFileSync(fileOf(paths), 'utf8').trim();
    const driver = keyDrivers.find((known) => known === text);
    if (driver === undefined) throw new StackError(`${fileOf(paths)} names no known driver.`);
    return driver;
  }
  // data from before there was a choice
  const hasVault = cells.some((cell) => existsSync(paths.dataOf(cell, 'vault')));
  return hasVault ? 'kms-per-user' : undefined;
}
