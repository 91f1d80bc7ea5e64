import { DomainError, OutcomeUnknownError } from '@entrepot/kernel';

/** What a failure leaves behind: a code, whatever the error said. */
export function codeOf(error: unknown): string {
  if (error instanceof DomainError) return error.code;
  return error instanceof OutcomeUnknownError ? 'OUTCOME_UNKNOWN' : 'HANDLER_FAILED';
}
