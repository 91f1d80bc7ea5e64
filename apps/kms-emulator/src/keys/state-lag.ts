import type { KeyState } from './key-states.ts';

interface Outdated {
  readonly state: KeyState;
  readonly untilMs: number;
}

/**
 * How long a changed key state stays unseen by the operations that use or describe the key. It lasts
 * on the machine's real clock, because the callers that wait for it do.
 * https://docs.aws.amazon.com/kms/latest/developerguide/accessing-kms.html#programming-eventual-consistency
 */
export class StateLag {
  readonly #now: () => number;
  #lagMs = 0;
  /** By key id, the states it had before recent changes, oldest first. */
  readonly #outdated = new Map<string, Outdated[]>();

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** With 0 everything that was held back is seen at once. */
  set(lagMs: number): void {
    this.#lagMs = lagMs;
    if (lagMs === 0) this.#outdated.clear();
  }

  noteChange(keyId: string, before: KeyState): void {
    if (this.#lagMs === 0) return;
    const untilMs = this.#now() + this.#lagMs;
    this.#outdated.set(keyId, [...this.#stillSeen(keyId), { state: before, untilMs }]);
  }

  forget(keyId: string): void {
    this.#outdated.delete(keyId);
  }

  /** The state that others see of a key that really is in `actual`. */
  seen(keyId: string, actual: KeyState): KeyState {
    const outdated = this.#stillSeen(keyId);
    if (outdated.length === 0) this.#outdated.delete(keyId);
    return outdated[0]?.state ?? actual;
  }

  #stillSeen(keyId: string): Outdated[] {
    const now = this.#now();
    return (this.#outdated.get(keyId) ?? []).filter((entry) => entry.untilMs > now);
  }
}
