/** How long one kind of entry lives. All times in milliseconds. */
export interface CachePolicy {
  /** Younger than this an entry is served as it is. */
  readonly softMs: number;
  /** Between soft and hard it is served once more while it is read anew; older it is forgotten. */
  readonly hardMs: number;
  /** How long "there is no such thing" is remembered. */
  readonly negativeMs: number;
  /** Share of the soft time that is spread at random, so that entries do not expire in step. */
  readonly jitter: number;
}

export interface Lifetime {
  readonly softAt: number;
  readonly hardAt: number;
}

/** When an entry made now grows stale and when it dies; `chance` is a random number in [0, 1). */
export function lifetimeOf(
  policy: CachePolicy,
  entry: { readonly isNegative: boolean; readonly now: number; readonly chance: number },
): Lifetime {
  if (entry.isNegative) {
    const diesAt = entry.now + policy.negativeMs;
    return { softAt: diesAt, hardAt: diesAt };
  }
  const spread = 1 + policy.jitter * (2 * entry.chance - 1);
  const softMs = Math.min(policy.softMs * spread, policy.hardMs);
  return { softAt: Math.round(entry.now + softMs), hardAt: entry.now + policy.hardMs };
}
