import { NoAnswerError, ProblemError } from '@entrepot/client';

/** How long a client goes on asking for a final answer. */
export const patienceMs = 60_000;
const firstPauseMs = 100;
const longestPauseMs = 2_000;
const passingStatuses = new Set([429, 502, 503, 504]);
const passingCodes = new Set(['STOCK_UNDECIDED', 'REQUEST_IN_FLIGHT', 'OUTCOME_UNKNOWN']);

/** Not the last word: the same request may be answered otherwise a little later. */
export function isPassing(error: unknown): boolean {
  if (error instanceof NoAnswerError) return true;
  if (!(error instanceof ProblemError)) return false;
  return passingStatuses.has(error.status) || passingCodes.has(error.code);
}

export interface Wait {
  /** What the answer was called; `NO_ANSWER` where there was none. */
  readonly code: string;
}

interface Asking {
  /** `performance.now()` after which the last error is thrown. */
  readonly until: number;
  readonly onWait: (wait: Wait) => void;
}

/** Asks again while the answer may still change and there is time; the request must bear repetition. */
export async function askUntilFinal<T>(
  ask: () => Promise<T>,
  { until, onWait }: Asking,
): Promise<T> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await ask();
    } catch (error) {
      const waitMs = Math.max(retryAfterMs(error), pauseMs * (0.5 + Math.random() / 2));
      if (!isPassing(error) || performance.now() + waitMs > until) throw error;
      onWait({ code: error instanceof ProblemError ? error.code : 'NO_ANSWER' });
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

const retryAfterMs = (error: unknown): number =>
  error instanceof ProblemError ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
