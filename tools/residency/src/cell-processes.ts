import { readFileSync } from 'node:fs';
import { readProcesses } from '@entrepot/stack';
import type { StackPaths } from '@entrepot/stack';

/** A running process of a cell as the kernel shows it to whoever owns it. */
export interface CellProcess {
  /** As its supervisor calls it: `eu-1 api-1`, `eu-1 shop`. */
  readonly name: string;
  readonly pid: number;
  readonly environment: Buffer;
  readonly argv: Buffer;
}

/** Every process that the stack runs for a cell, stores included. */
export function processesOf(paths: StackPaths, cell: string): CellProcess[] {
  return readProcesses(paths.processes)
    .filter(({ name }) => name.startsWith(`${cell} `))
    .map(({ name, identity: { pid } }) => ({
      name,
      pid,
      environment: readFileSync(`/proc/${pid}/environ`),
      argv: readFileSync(`/proc/${pid}/cmdline`),
    }));
}
