import type { Problem } from '@entrepot/contracts/api/problem';
import { DomainError } from '@entrepot/kernel';
import type { Log } from '@entrepot/platform-telemetry';
import { GraphQLError } from 'graphql';
import type { ExecutionResult } from 'graphql';
import type { MercuriusContext } from 'mercurius';
import { toProblem } from '../problem.ts';

/** A GraphQL error as it is sent: the title for people, the whole problem for programs. */
export interface GraphqlErrorView {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  readonly extensions: Problem;
}

export interface FormattedAnswer {
  readonly statusCode: number;
  readonly response: {
    readonly data: ExecutionResult['data'] | null;
    readonly errors: readonly GraphqlErrorView[];
  };
}

/** Makes Mercurius answer errors with the same problems as REST; defects are logged. */
export const errorFormatterFor =
  (log: Log) =>
  (execution: ExecutionResult, context: MercuriusContext): FormattedAnswer => {
    const traceId = context.reply.request.id;
    const views = (execution.errors ?? []).flatMap(unwrapped).map((error) => {
      const problem = toProblem(causeOf(error), traceId);
      if (problem.isDefect)
        log.failure('graphql.defect', error.originalError ?? error, { traceId });
      return { error, problem };
    });
    // a request that was executed answers 200 whatever its fields met (GraphQL over HTTP)
    const wasExecuted = views.some(({ error }) => error.path !== undefined);
    const statusCode = wasExecuted
      ? 200
      : Math.max(400, ...views.map((view) => view.problem.status));
    return {
      statusCode,
      response: {
        data: execution.data ?? null,
        errors: views.map(({ error, problem }) => ({
          message: problem.body.title,
          ...(error.path !== undefined && { path: error.path }),
          ...(error.locations !== undefined && { locations: error.locations }),
          extensions: problem.body,
        })),
      },
    };
  };

/** Mercurius wraps what validation found into one error. */
function unwrapped(error: GraphQLError): GraphQLError[] {
  const inner: unknown =
    error.originalError !== undefined && 'errors' in error.originalError
      ? error.originalError.errors
      : undefined;
  if (!Array.isArray(inner)) return [error];
  return inner.map((each: unknown) =>
    each instanceof GraphQLError ? each : new GraphQLError('the request is not valid GraphQL'),
  );
}

/** What a resolver threw, or the request's own fault where GraphQL itself refused it. */
function causeOf(error: GraphQLError): unknown {
  if (error.originalError !== undefined && !(error.originalError instanceof GraphQLError)) {
    return error.originalError;
  }
  return new DomainError('VALIDATION_FAILED', 'the request is not valid GraphQL', {
    fieldProblems: [
      { path: 'query', code: 'INVALID_GRAPHQL', message: withoutHints(error.message) },
    ],
  });
}

/** Suggestions tell the schema to whoever guesses, and quoted values may be personal. */
const withoutHints = (message: string): string =>
  message
    .replace(/ ?Did you mean .*$/s, '')
    .replace(/got invalid value .*$/s, 'got an invalid value')
    .replace(/( cannot represent [^:]*): .*$/s, '$1')
    .replace(/^Value ".*" does not exist/s, 'The value does not exist')
    .replace(/(String|BlockString) ".*$/s, '$1')
    .slice(0, 300);
