import type { Log } from '@entrepot/platform-telemetry';

/** All steps together; a process that has not ended by then is ended. */
const shutdownTimeoutMs = 15_000;

export interface ShutdownStep {
  readonly name: string;
  readonly run: () => Promise<void> | void;
}

/**
 * Ends the process on SIGTERM or SIGINT: the steps run in order, each whatever became of the one
 * before, then the process exits; a second signal exits at once.
 */
export function endOnSignal(steps: readonly ShutdownStep[], log: Log): void {
  let isEnding = false;
  const end = (signal: NodeJS.Signals): void => {
    if (isEnding) process.exit(1);
    isEnding = true;
    log.info('process.ending', { state: signal.toLowerCase() });
    setTimeout(() => process.exit(1), shutdownTimeoutMs).unref();
    void runSteps(steps, log).then((isClean) => process.exit(isClean ? 0 : 1));
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}

/** Runs every step in order; false when one of them failed. */
export async function runSteps(steps: readonly ShutdownStep[], log: Log): Promise<boolean> {
  let isClean = true;
  for (const step of steps) {
    try {
      await step.run();
    } catch (error) {
      isClean = false;
      log.failure('process.end_failed', error, { component: step.name });
    }
  }
  return isClean;
}

/** Ends the process when a part of it has failed for good; whoever watches it starts it again. */
export function endOnFailure(failed: Promise<never>, log: Log): void {
  failed.catch((error: unknown) => {
    log.failure('process.failed', error);
    process.exit(1);
  });
}
