import { Catch } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { Log } from '@entrepot/platform-telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemContentType, toProblem } from './problem.ts';

/** Answers every error as problem details; GraphQL errors go on to the GraphQL error formatter. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log: Log;

  constructor(log: Log) {
    this.log = log;
  }

  catch(error: unknown, host: ArgumentsHost): unknown {
    if (host.getType<'http' | 'graphql'>() === 'graphql') return error;
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    return sendProblem(error, { request, reply, log: this.log });
  }
}

export interface ProblemSink {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly log: Log;
}

/** Sends the problem for an error; a defect is logged with the trace id that the client sees. */
export function sendProblem(error: unknown, { request, reply, log }: ProblemSink): FastifyReply {
  const problem = toProblem(error, request.id);
  if (problem.isDefect) log.failure('http.defect', error, { traceId: request.id });
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .header('content-type', problemContentType)
    .send(Buffer.from(JSON.stringify(problem.body)));
}
