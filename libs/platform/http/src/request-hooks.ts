import { DomainError } from '@entrepot/kernel';
import type { Log, Metrics } from '@entrepot/platform-telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { bearerToken, residenceHeader } from './access.ts';
import type { HomeCellGuard } from './home-cell.ts';
import { sendProblem } from './problem-filter.ts';
import { RouteTable } from './route-table.ts';

export const graphqlPath = '/graphql';
const hostHeader = 'host';

/** Upper bounds of the request-duration histogram, in seconds. */
const durationBucketsSeconds = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
];

export interface RequestHookOptions {
  readonly home: HomeCellGuard;
  readonly log: Log;
  readonly metrics: Metrics;
}

/**
 * What is decided about a request before a byte of its body is read: whether the route and method
 * exist, whether the media type is ours, and whether this cell is the caller's home.
 */
export function addRequestHooks(server: FastifyInstance, options: RequestHookOptions): void {
  const routes = new RouteTable();
  server.addHook('onRoute', ({ url, method }) => {
    // the CORS preflight answers OPTIONS on any path, which makes no resource of it
    if (url !== '*') routes.add(url, [method].flat());
  });
  server.addHook('onRequest', async (request, reply) => {
    try {
      refuseOtherHosts(request);
      if (isPreflight(request)) return await reply.code(204).header('content-length', '0').send();
      refuseUnknownRoute(request, routes);
      refuseOtherMethods(request);
      refuseOtherMediaTypes(request);
      await options.home.judge({
        residence: request.headers[residenceHeader],
        requiresResidence: request.routeOptions.config.requiresResidence === true,
        token: bearerToken(request.headers.authorization),
      });
    } catch (error) {
      return refuseUnread(error, { request, reply, log: options.log });
    }
    return undefined;
  });
  observeAnswers(server, options);
}

/**
 * An unread body up to this size is let run out, so that the answer is not lost in the reset that closing
 * under it would be; after a larger one the connection ends.
 */
const drainedBytesMax = 64 * 1024;

/** Answers without a look at the body. */
function refuseUnread(
  error: unknown,
  sink: { request: FastifyRequest; reply: FastifyReply; log: Log },
): FastifyReply {
  if (hasBody(sink.request) && !isShort(sink.request)) sink.reply.header('connection', 'close');
  return sendProblem(error, sink);
}

/** RFC 9112 §3.2: exactly one Host; Node would answer none without a body and take the first of two. */
function refuseOtherHosts({ raw }: FastifyRequest): void {
  const { rawHeaders, httpVersion } = raw;
  const isHost = (text: string, index: number): boolean =>
    index % 2 === 0 && text.length === hostHeader.length && text.toLowerCase() === hostHeader;
  const hosts = rawHeaders.filter(isHost).length;
  if (hosts === 1 || (hosts === 0 && httpVersion === '1.0')) return;
  throw new DomainError('MALFORMED_REQUEST', 'not exactly one Host');
}

/** What a browser asks before it calls from another origin; the CORS plugin has set the headers. */
const isPreflight = ({ method, headers }: FastifyRequest): boolean =>
  method === 'OPTIONS' &&
  headers.origin !== undefined &&
  headers['access-control-request-method'] !== undefined;

function refuseUnknownRoute(request: FastifyRequest, routes: RouteTable): void {
  // the preflight route answers OPTIONS on any path, which makes no resource of it
  if (!request.is404 && request.method !== 'OPTIONS') return;
  const allow = routes.methodsOf(pathOf(request));
  if (allow.length === 0 || allow.includes(request.method)) {
    throw new DomainError('NOT_FOUND', 'no such route');
  }
  throw new DomainError('METHOD_NOT_ALLOWED', 'no such method here', { details: { allow } });
}

/** GraphQL reads could be sent as GET; they are not, so that no query lands in a URL or a cache. */
function refuseOtherMethods(request: FastifyRequest): void {
  if (request.routeOptions.url !== graphqlPath || request.method === 'POST') return;
  const details = { allow: ['POST'] };
  throw new DomainError('METHOD_NOT_ALLOWED', 'GraphQL is POST only', { details });
}

function refuseOtherMediaTypes(request: FastifyRequest): void {
  const needsJson = hasBody(request) || request.routeOptions.url === graphqlPath;
  if (needsJson && !isPlainJson(request)) {
    throw new DomainError('UNSUPPORTED_MEDIA_TYPE', 'the body is not application/json');
  }
}

/** JSON is UTF-8 (RFC 8259 §8.1), and a body is read as it comes: nothing is decompressed. */
function isPlainJson({ headers }: FastifyRequest): boolean {
  const [type, ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const hasOtherCharset = parameters.some((parameter) =>
    /^\s*charset\s*=(?!\s*"?utf-8"?\s*$)/.test(parameter),
  );
  const coding = headers['content-encoding']?.toLowerCase() ?? 'identity';
  return type?.trim() === 'application/json' && !hasOtherCharset && coding === 'identity';
}

/** RFC 9112 §6: a request has a body when one of the two framing headers says so. */
function hasBody(request: FastifyRequest): boolean {
  const length = request.headers['content-length'];
  return (
    request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')
  );
}

const isShort = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] === undefined &&
  Number(headers['content-length'] ?? Number.NaN) <= drainedBytesMax;

const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? '';

/** It ends when its reader or the process does, which says nothing of how fast anything was. */
const isStream = (reply: FastifyReply): boolean =>
  String(reply.getHeader('content-type')).startsWith('text/event-stream');

function observeAnswers(server: FastifyInstance, { log, metrics }: RequestHookOptions): void {
  const durations = metrics.histogram({
    name: 'entrepot_http_request_duration_seconds',
    help: 'Time from the request line to the end of the answer, streams of events left out',
    labels: ['route', 'method', 'status'],
    buckets: durationBucketsSeconds,
  });
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unmatched';
    const { method } = request;
    const status = reply.statusCode;
    if (!isStream(reply)) durations.observe({ route, method, status }, reply.elapsedTime / 1000);
    const durationMs = Math.round(reply.elapsedTime * 10) / 10;
    log.info('http.request', { route, method, status, durationMs, traceId: request.id });
    done();
  });
}
