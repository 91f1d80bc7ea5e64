import { Worker } from 'node:worker_threads';
import { addTally, emptyTally, type Tally } from '../faults/coverage.ts';
import type { Failure } from './run-seed.ts';

export interface SimulateOptions {
  readonly seconds: number;
  readonly workers: number;
  /** The first seed; worker n of w runs this + n, + n + w, and so on. */
  readonly firstSeed: number;
  readonly cells?: number;
  readonly onProgress?: (tally: Tally, seconds: number) => void;
}

export interface WorkerOrder {
  readonly firstSeed: number;
  readonly stride: number;
  /** From when the thread has loaded what it needs. */
  readonly seconds: number;
  readonly cells?: number;
}

export interface WorkerReport {
  /** What was done since the report before. */
  readonly tally: Tally;
  readonly failure?: Failure;
}

export interface SimulateResult {
  readonly tally: Tally;
  readonly seconds: number;
  readonly failure?: Failure;
}

/**
 * Runs seeds on several threads for a time, each with a stream of its own; stops at the first violation.
 * @throws Error when a thread fails for another reason.
 */
export async function simulate(options: SimulateOptions): Promise<SimulateResult> {
  const { seconds, workers, firstSeed, cells, onProgress } = options;
  const startedAt = Date.now();
  const tally = emptyTally();
  let failure: Failure | undefined;
  const elapsed = (): number => (Date.now() - startedAt) / 1_000;
  const threads = Array.from({ length: workers }, (_, index) => {
    const order: WorkerOrder = {
      firstSeed: firstSeed + index,
      stride: workers,
      seconds,
      ...(cells !== undefined && { cells }),
    };
    return new Worker(new URL('./worker.ts', import.meta.url), { workerData: order });
  });
  const ends = threads.map(
    (thread) =>
      new Promise<void>((resolve, reject) => {
        thread.on('message', (report: WorkerReport) => {
          addTally(tally, report.tally);
          if (report.failure !== undefined && failure === undefined) {
            failure = report.failure;
            for (const other of threads) void other.terminate();
          }
          onProgress?.(tally, elapsed());
        });
        thread.on('error', reject);
        thread.on('exit', () => resolve());
      }),
  );
  await Promise.all(ends);
  return { tally, seconds: elapsed(), ...(failure !== undefined && { failure }) };
}
