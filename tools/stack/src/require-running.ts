import type { StackDescription } from './stack-description.ts';
import { requireDescription } from './stack-description.ts';
import { StackError } from './stack-error.ts';
import { StackLock } from './stack-lock.ts';
import type { StackPaths } from './stack-paths.ts';

/** What runs here, for verbs that speak to it: a description stays when its stack has stopped. */
export function requireRunning(paths: StackPaths): StackDescription {
  if (StackLock.holder(paths.lock) === undefined) {
    throw new StackError('No stack is running; `npm start -- --detach` starts one.');
  }
  return requireDescription(paths.description);
}
