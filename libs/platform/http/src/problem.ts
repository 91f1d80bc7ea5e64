import { errorCatalog } from '@entrepot/contracts/api/errors';
import type { ErrorCode } from '@entrepot/contracts/api/errors';
import type { Problem } from '@entrepot/contracts/api/problem';
import { DomainError, OutcomeUnknownError } from '@entrepot/kernel';
import {
  isOfUnknownSubject,
  isRefusedByFence,
  isRefusedByRestriction,
} from '@entrepot/platform-crypto';

/** A problem ready to be sent. */
export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Problem;
  /** The error is no known refusal: a defect of ours, to be logged. */
  readonly isDefect: boolean;
}

export const problemContentType = 'application/problem+json';

/** How long a client waits before it tries again, where the error does not say. */
const retryAfterSeconds = 1;

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorCatalog, code);

/** Turns whatever was thrown into a problem; never tells more than the catalog and the error's details. */
export function toProblem(error: unknown, traceId: string): ProblemAnswer {
  if (error instanceof DomainError && isErrorCode(error.code)) {
    return answer(error.code, traceId, error);
  }
  if (error instanceof OutcomeUnknownError) return answer('OUTCOME_UNKNOWN', traceId);
  if (isRefusedByFence(error)) return answer('SUBJECT_ERASED', traceId);
  if (isRefusedByRestriction(error)) return answer('ACCOUNT_RESTRICTED', traceId);
  if (isOfUnknownSubject(error)) return answer('SUBJECT_UNKNOWN', traceId);
  const framework = frameworkCode(error);
  return framework === undefined
    ? { ...answer('INTERNAL', traceId), isDefect: true }
    : answer(framework, traceId);
}

function answer(code: ErrorCode, traceId: string, error?: DomainError): ProblemAnswer {
  const { status, title } = errorCatalog[code];
  const errors = error?.fieldProblems ?? [];
  const body: Problem = {
    ...error?.details,
    type: 'about:blank',
    title,
    status,
    code,
    traceId,
    ...(errors.length > 0 && { errors: [...errors] }),
  };
  return { status, headers: headersFor(status, body), body, isDefect: false };
}

function headersFor(status: number, body: Problem): Record<string, string> {
  if (status === 401) return { 'www-authenticate': 'Bearer' };
  if (status === 405 && Array.isArray(body['allow'])) return { allow: body['allow'].join(', ') };
  const given = body['retryAfterSeconds'];
  if (status !== 429 && status !== 503 && given === undefined) return {};
  return { 'retry-after': String(typeof given === 'number' ? given : retryAfterSeconds) };
}

/** What Fastify and Nest refuse by themselves, by the error code of the one and the status of the other. */
const fastifyCodes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'MALFORMED_BODY',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'MALFORMED_BODY',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'MALFORMED_BODY',
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_BAD_URL: 'MALFORMED_REQUEST',
  FST_ERR_NOT_FOUND: 'NOT_FOUND',
  FST_ERR_MAX_PARAM_LENGTH: 'NOT_FOUND',
};

const statusCodes: Readonly<Record<number, ErrorCode>> = {
  400: 'MALFORMED_BODY',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  413: 'BODY_TOO_LARGE',
  414: 'NOT_FOUND',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  503: 'UNAVAILABLE',
};

function frameworkCode(error: unknown): ErrorCode | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string' && error.code.startsWith('FST_ERR')) {
    return fastifyCodes[error.code];
  }
  const status = 'getStatus' in error ? statusOf(error.getStatus) : statusOfField(error);
  return status === undefined ? undefined : statusCodes[status];

  function statusOf(getStatus: unknown): number | undefined {
    const value: unknown = typeof getStatus === 'function' ? getStatus.call(error) : undefined;
    return typeof value === 'number' ? value : undefined;
  }
}

/** A JSON syntax error of the body parser carries only a status. */
function statusOfField(error: Error): number | undefined {
  return 'statusCode' in error && error.statusCode === 400 ? 400 : undefined;
}
