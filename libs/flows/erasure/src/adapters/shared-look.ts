import type { SubjectId } from '@entrepot/kernel';

interface Asked<Finding> {
  readonly subject: SubjectId;
  readonly resolve: (finding: Finding) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One look through a store for all who ask meanwhile. A look begins after each of its questions was asked,
 * so that it sees whatever the store held by then; who asks while one is under way is part of the next.
 */
export class SharedLook<Finding> {
  readonly #look: (subjects: readonly SubjectId[]) => Promise<ReadonlyMap<SubjectId, Finding>>;
  #asked: Asked<Finding>[] = [];
  #isLooking = false;

  /** `look` answers for every subject that it is given. */
  constructor(look: (subjects: readonly SubjectId[]) => Promise<ReadonlyMap<SubjectId, Finding>>) {
    this.#look = look;
  }

  of(subject: SubjectId): Promise<Finding> {
    const { promise, resolve, reject } = Promise.withResolvers<Finding>();
    this.#asked.push({ subject, resolve, reject });
    if (!this.#isLooking) void this.#lookOn();
    return promise;
  }

  async #lookOn(): Promise<void> {
    this.#isLooking = true;
    while (this.#asked.length > 0) {
      const asked = this.#asked;
      this.#asked = [];
      await this.#answer(asked);
    }
    this.#isLooking = false;
  }

  async #answer(asked: readonly Asked<Finding>[]): Promise<void> {
    try {
      const found = await this.#look([...new Set(asked.map(({ subject }) => subject))]);
      for (const { subject, resolve, reject } of asked) {
        const finding = found.get(subject);
        if (finding === undefined) reject(new Error('a look left somebody out'));
        else resolve(finding);
      }
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }
}
