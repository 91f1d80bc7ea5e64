import {
  bodyBytesMax,
  problemContentType,
  sendProblem,
  toProblem,
  validationFailed,
} from '@entrepot/platform-http';
import { DomainError } from '@entrepot/kernel';
import { mustNotCross, newTraceId } from '@entrepot/platform-telemetry';
import type { CrossingHeaders } from '@entrepot/platform-egress';
import type { Log } from '@entrepot/platform-telemetry';
import { fastify } from 'fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ServerOptions } from 'node:https';
import type { ZodType } from 'zod';

const requestTimeoutMs = 10_000;
const keepAliveTimeoutMs = 30_000;

/** One thing a server of the border process answers; `Caller` is what the server knows of who asks. */
export interface BorderRoute<Caller> {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Checks the body of a POST. */
  readonly body?: ZodType;
  /** Comes many times a second by itself: logged for whoever looks closely. */
  readonly isRoutine?: boolean;
  readonly answer: (caller: Caller, body: unknown) => Promise<unknown>;
}

type Inspect = (headers: CrossingHeaders, body: unknown) => void;

export interface BorderServerOptions<Caller> {
  readonly log: Log;
  readonly routes: readonly BorderRoute<Caller>[];
  /** Who asks, from the connection; throws UNAUTHENTICATED. Runs before the body is read. */
  readonly identify: (request: FastifyRequest) => Caller;
  /** Looks at what is about to leave, header names in lower case, and throws where it must not. */
  readonly inspect?: Inspect;
  /** TLS settings; plain HTTP without them. */
  readonly tls?: ServerOptions;
}

/** A server for other processes: every request a trace of its own, errors as problems. */
export function borderServer<Caller>(options: BorderServerOptions<Caller>): FastifyInstance {
  const { log, routes, identify } = options;
  const server = openServer(options.tls);
  const callers = new WeakMap<FastifyRequest, Caller>();
  server.addHook('onRequest', (request, _reply, done) => {
    forgetOrigin(request);
    callers.set(request, identify(request));
    done();
  });
  server.setErrorHandler((error, request, reply) => sendProblem(error, { request, reply, log }));
  server.setNotFoundHandler((request, reply) =>
    sendProblem(new DomainError('NOT_FOUND', 'no such route'), { request, reply, log }),
  );
  const routine = new Set(
    routes.filter(({ isRoutine }) => isRoutine === true).map(({ path }) => path),
  );
  for (const route of routes) {
    server.route({
      method: route.method,
      url: route.path,
      handler: (request) =>
        route.answer(callers.get(request) as Caller, checkedBody(route, request)),
    });
  }
  if (options.inspect !== undefined) inspectAnswers(server, { inspect: options.inspect, log });
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unmatched';
    log[routine.has(route) ? 'debug' : 'info']('border.request', {
      route,
      method: request.method,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime),
      traceId: request.id,
    });
    done();
  });
  return server;
}

function openServer(tls: ServerOptions | undefined): FastifyInstance {
  const common = {
    bodyLimit: bodyBytesMax,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    genReqId: newTraceId,
    requestIdHeader: false as const,
  };
  return tls === undefined ? fastify(common) : fastify({ ...common, https: tls });
}

/** What the caller's own caller sent along ends here. */
function forgetOrigin(request: FastifyRequest): void {
  for (const name of Object.keys(request.raw.headers)) {
    if (mustNotCross(name)) Reflect.deleteProperty(request.raw.headers, name);
  }
}

/** In place of an answer that must not leave, problems included, one that says nothing of it. */
function inspectAnswers(
  server: FastifyInstance,
  { inspect, log }: { readonly inspect: Inspect; readonly log: Log },
): void {
  server.addHook('onSend', (request, reply, payload, done) => {
    try {
      inspect(reply.getHeaders(), parsed(payload));
      done();
    } catch (error) {
      const { status, body } = toProblem(error, request.id);
      log.failure('border.answer_refused', error, { traceId: request.id });
      for (const name of Object.keys(reply.getHeaders())) reply.removeHeader(name);
      void reply.code(status).header('content-type', problemContentType);
      done(null, JSON.stringify(body));
    }
  });
}

/** An answer of ours is JSON or empty; a stream could not be looked at. */
function parsed(payload: unknown): unknown {
  if (payload === undefined || payload === null || payload === '') return undefined;
  if (typeof payload === 'string') return JSON.parse(payload) as unknown;
  if (Buffer.isBuffer(payload)) return JSON.parse(payload.toString()) as unknown;
  throw new TypeError('only JSON leaves the border');
}

function checkedBody<Caller>(route: BorderRoute<Caller>, request: FastifyRequest): unknown {
  if (route.body === undefined) return undefined;
  const parsed = route.body.safeParse(request.body);
  if (parsed.success) return parsed.data;
  throw validationFailed(parsed.error);
}
