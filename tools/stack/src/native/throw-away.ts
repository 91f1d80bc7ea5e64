import { rmSync } from 'node:fs';

import type { StackPaths } from '../stack-paths.ts';

/**
 * What a stack keeps: data, keys, addresses, and whatever commands have drawn from the data, in which
 * people's rows lie as well. Programs that are fetched stay, and so do other stacks below the folder.
 */
export function throwAway(paths: StackPaths): void {
  const kept = [
    ...[paths.data, paths.secrets, paths.logs, paths.description, paths.ports],
    ...[paths.cells, paths.cellsFolder],
    ...[paths.demo, paths.audit, paths.replay, paths.verification, paths.scan],
  ];
  for (const old of kept) rmSync(old, { recursive: true, force: true });
}
