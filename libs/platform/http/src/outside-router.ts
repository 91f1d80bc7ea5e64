import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ErrorCode } from '@entrepot/contracts/api/errors';
import { DomainError } from '@entrepot/kernel';
import { newTraceId } from '@entrepot/platform-telemetry';
import type { Log } from '@entrepot/platform-telemetry';
import { problemContentType, toProblem } from './problem.ts';
import type { ProblemAnswer } from './problem.ts';

/** What Node's HTTP parser found, by the code of its error; anything else is no HTTP. */
const parserCodes: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'BODY_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
};

/** Answers what is no request at all: for the option `clientErrorHandler` of Fastify. */
export const answerNoRequest =
  (log: Log) =>
  ({ code }: { readonly code: string }, socket: Socket): void => {
    if (code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const answer = problemOf(new DomainError(parserCodes[code] ?? 'MALFORMED_REQUEST', code), log);
    socket.write(rawAnswer(answer));
    socket.destroySoon();
  };

/** Answers the requests that Node keeps from the router and would answer without a body, or not at all. */
export function answerBesideRouter(server: Server, log: Log): void {
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    const error = new DomainError('METHOD_NOT_ALLOWED', 'no tunnels', { details: { allow: [] } });
    socket.end(rawAnswer(problemOf(error, log)));
  });
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const error = new DomainError('EXPECTATION_FAILED', 'only 100-continue can be expected');
    const { status, headers, content } = wired(problemOf(error, log));
    response.writeHead(status, headers).end(content);
  });
}

function problemOf(error: DomainError, log: Log): ProblemAnswer {
  const answer = toProblem(error, newTraceId());
  const { status, code, traceId } = answer.body;
  log.info('http.request', { route: 'unmatched', status, code, traceId });
  return answer;
}

function wired({ status, headers, body }: ProblemAnswer) {
  const content = JSON.stringify(body);
  return {
    status,
    content,
    headers: {
      ...headers,
      'content-type': problemContentType,
      'content-length': String(Buffer.byteLength(content)),
      'x-content-type-options': 'nosniff',
      connection: 'close',
    },
  };
}

/** The whole answer as it goes over the wire, where there is no response object to write it. */
function rawAnswer(answer: ProblemAnswer): string {
  const { status, headers, content } = wired(answer);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${content}`;
}
