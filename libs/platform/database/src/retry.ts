import { isRetryable } from './database-error.ts';

export interface RetryPolicy {
  readonly attemptsMax: number;
  readonly firstDelayMs: number;
  readonly delayMsMax: number;
  /** Between 0 and 1; full jitter, so that two deadlocked transactions do not meet again. */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

export const defaultRetryPolicy: RetryPolicy = {
  attemptsMax: 5,
  firstDelayMs: 10,
  delayMsMax: 200,
  random: Math.random,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** Runs work again while it fails in a way that is known to have changed nothing. */
export async function withRetries<T>(
  policy: RetryPolicy,
  work: () => Promise<T>,
  onRetry: () => void,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isRetryable(error) || attempt === policy.attemptsMax) throw error;
      onRetry();
      const ceilingMs = Math.min(policy.delayMsMax, policy.firstDelayMs * 2 ** (attempt - 1));
      await policy.sleep(policy.random() * ceilingMs);
    }
  }
}
