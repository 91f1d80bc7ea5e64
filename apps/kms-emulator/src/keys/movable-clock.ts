/**
 * The time by which keys age. It can be moved forward, never back, so that a test sees the end of a
 * seven-day window; request signatures are still checked against the machine's own time.
 */
export class MovableClock {
  #offsetMs = 0;

  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Epoch milliseconds. */
  now(): number {
    return Date.now() + this.#offsetMs;
  }

  advance(ms: number): void {
    if (!Number.isSafeInteger(ms) || ms < 0) throw new RangeError('the clock moves forward only');
    this.#offsetMs += ms;
  }
}
