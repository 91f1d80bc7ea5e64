/** What went wrong with one field: `path` in JSON-pointer style without the leading slash, `lines/0/quantity`. */
export interface FieldProblem {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** Added to the public answer; ids, numbers and codes only, never personal data. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/**
 * A refusal with a stable, public code (SCREAMING_SNAKE). Thrown inside the unit of work so that what
 * came before rolls back; the edge maps the code to a status in one table.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: string;
  readonly details: ErrorDetails;
  readonly fieldProblems: readonly FieldProblem[];

  constructor(
    code: string,
    message: string,
    options: {
      details?: ErrorDetails;
      fieldProblems?: readonly FieldProblem[];
      cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
    this.fieldProblems = options.fieldProblems ?? [];
  }
}

/** The store, provider or broker did not say whether it acted: safe to retry with the same key. */
export class OutcomeUnknownError extends Error {
  override readonly name = 'OutcomeUnknownError';
}
