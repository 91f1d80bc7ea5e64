import { parentPort, workerData } from 'node:worker_threads';
import { addTally, emptyTally } from '../faults/coverage.ts';
import { runSeed } from './run-seed.ts';
import type { WorkerOrder, WorkerReport } from './simulate.ts';

const reportEveryMs = 500;

/** Runs one stream of seeds until its time is over or a promise is broken. */
function work({ firstSeed, stride, seconds, cells }: WorkerOrder): void {
  const until = Date.now() + seconds * 1_000;
  let tally = emptyTally();
  let reportedAt = Date.now();
  for (let seed = firstSeed; Date.now() < until; seed += stride) {
    const result = runSeed({ seed, ...(cells !== undefined && { cells }) });
    addTally(tally, result.tally);
    const isOver = result.failure !== undefined;
    if (!isOver && Date.now() - reportedAt < reportEveryMs) continue;
    report({ tally, ...(result.failure !== undefined && { failure: result.failure }) });
    if (isOver) return;
    tally = emptyTally();
    reportedAt = Date.now();
  }
  report({ tally });
}

const report = (of: WorkerReport): void => parentPort?.postMessage(of);

work(workerData as WorkerOrder);
