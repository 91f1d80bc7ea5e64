import type { ErrorCode } from '@entrepot/contracts/api/errors';
import type { Problem } from '@entrepot/contracts/api/problem';
import { problem } from '@entrepot/contracts/api/problem';

/** An answer outside 2xx, with the stable `code` to branch on. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;
  readonly code: ErrorCode | 'UNREADABLE_ANSWER';
  readonly problem: Problem | undefined;
  /** Seconds to wait before the same request, where the server said so. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, body: unknown, retryAfter: string | null) {
    const parsed = problem.safeParse(body);
    super(parsed.success ? parsed.data.title : `HTTP ${status} without a problem document`);
    this.status = status;
    this.problem = parsed.success ? parsed.data : undefined;
    this.code = parsed.success ? (parsed.data.code as ErrorCode) : 'UNREADABLE_ANSWER';
    const seconds = Number(retryAfter ?? Number.NaN);
    this.retryAfterSeconds = Number.isFinite(seconds) ? seconds : undefined;
  }
}

/** No answer came, or none in time: what was asked may or may not have happened. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}
