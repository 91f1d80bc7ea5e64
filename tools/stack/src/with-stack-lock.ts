import { StackError } from './stack-error.ts';
import { StackLock } from './stack-lock.ts';

const waitMsMax = 120_000;
const pollMs = 100;

/** Runs work while no other process runs work under the same lock file; waits for its turn. */
export async function withStackLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const end = performance.now() + waitMsMax;
  for (;;) {
    const lock = StackLock.take(file);
    if (lock instanceof StackLock) {
      try {
        return await work();
      } finally {
        lock.release();
      }
    }
    if (performance.now() > end) throw new StackError(`Process ${lock.pid} holds ${file}.`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
