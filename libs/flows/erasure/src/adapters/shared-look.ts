import { setTimeout as sleep } from 'node:timers/promises';

interface Asked<Question, Finding> {
  readonly question: Question;
  readonly resolve: (finding: Finding) => void;
  readonly reject: (error: unknown) => void;
}

type Look<Question, Finding> = (
  questions: readonly Question[],
) => Promise<ReadonlyMap<Question, Finding>>;

/** Rests for each time that a look took, so that looks have at most a fifth of the time. */
const restsPerLook = 4;
/** However long a look took: whoever waits for the next one holds a slot for jobs meanwhile. */
const restMsMax = 20_000;

/**
 * One look through a store for all who ask meanwhile. A look begins after each of its questions was asked,
 * so that it sees whatever the store held by then; who asks while one is under way is part of the next.
 * The first begins at once; after each one rests, since a store takes longer to look through the more it
 * holds, and whoever waits to be forgotten can wait, while shoppers beside them cannot.
 */
export class SharedLook<Question, Finding> {
  readonly #look: Look<Question, Finding>;
  readonly #rest: (ms: number) => Promise<unknown>;
  #asked: Asked<Question, Finding>[] = [];
  #isLooking = false;

  /** `look` answers every question that it is given. */
  constructor(
    look: Look<Question, Finding>,
    rest = (ms: number): Promise<unknown> => sleep(ms, undefined, { ref: false }),
  ) {
    this.#look = look;
    this.#rest = rest;
  }

  of(question: Question): Promise<Finding> {
    const { promise, resolve, reject } = Promise.withResolvers<Finding>();
    this.#asked.push({ question, resolve, reject });
    if (!this.#isLooking) void this.#lookOn();
    return promise;
  }

  async #lookOn(): Promise<void> {
    this.#isLooking = true;
    while (this.#asked.length > 0) {
      const asked = this.#asked;
      this.#asked = [];
      const startedAt = performance.now();
      await this.#answer(asked);
      const tookMs = performance.now() - startedAt;
      await this.#rest(Math.min(tookMs * restsPerLook, restMsMax));
    }
    this.#isLooking = false;
  }

  async #answer(asked: readonly Asked<Question, Finding>[]): Promise<void> {
    try {
      const found = await this.#look([...new Set(asked.map(({ question }) => question))]);
      for (const { question, resolve, reject } of asked) {
        const finding = found.get(question);
        if (finding === undefined) reject(new Error('a look left somebody out'));
        else resolve(finding);
      }
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }
}
