/**
 * What one client asked and was told, as the client saw it. Times are of the clients' one monotonic clock, in any unit. An
 * operation whose outcome is unknown may have been carried out at any time after its start, or never.
 */
export interface Operation<Ask, Answer> {
  readonly startedAt: number;
  /** Of an unknown outcome: when the client gave up. */
  readonly endedAt: number;
  readonly outcome: 'done' | 'refused' | 'unknown';
  readonly ask: Ask;
  /** Only where it is done. */
  readonly answer: Answer | undefined;
}

/** A read that was answered; others say nothing. */
export interface AnsweredRead<Answer> {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly answer: Answer;
}

export const answered = <Answer>(
  reads: readonly Operation<unknown, Answer>[],
): AnsweredRead<Answer>[] =>
  reads.flatMap(({ startedAt, endedAt, outcome, answer }) =>
    outcome === 'done' && answer !== undefined ? [{ startedAt, endedAt, answer }] : [],
  );

/** Records operations of any number of clients on one clock. */
export class HistoryRecorder<Ask, Answer> {
  readonly operations: Operation<Ask, Answer>[] = [];

  /**
   * Runs the work and notes what the client learnt. `outcomeOf` says what a failure means: only a refusal that is certain may be
   * called one.
   */
  async record(
    ask: Ask,
    work: () => Promise<Answer>,
    outcomeOf: (error: unknown) => 'refused' | 'unknown',
  ): Promise<void> {
    const startedAt = performance.now();
    try {
      const answer = await work();
      this.operations.push({ startedAt, endedAt: performance.now(), outcome: 'done', ask, answer });
    } catch (error) {
      const outcome = outcomeOf(error);
      const endedAt = performance.now();
      this.operations.push({ startedAt, endedAt, outcome, ask, answer: undefined });
    }
  }
}
