import Fastify from 'fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { addAdministration } from './administration.ts';
import { authenticate } from './authentication.ts';
import { KmsError } from './errors.ts';
import { emulatorAccountId } from './keys/key-record.ts';
import type { KmsService } from './kms-service.ts';
import { isOperationName } from './operations/operation-names.ts';
import type { Principals } from './principals.ts';

const contentType = 'application/x-amz-json-1.1';
const targetPrefix = 'TrentService.';
const bodyBytesMax = 65_536;

export interface ServerOptions {
  readonly service: KmsService;
  readonly principals: Principals;
  readonly adminSecret: string;
}

/** The HTTP face: `POST /` speaks the AWS JSON 1.1 protocol, the other routes say what this is. */
export function createServer(options: ServerOptions): FastifyInstance {
  const { ring } = options.service;
  const server = Fastify({ bodyLimit: bodyBytesMax, logger: false });
  server.addContentTypeParser(contentType, { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  // A client that cares for real people asks this first and refuses to work with an emulator.
  server.get('/emulator', () => ({
    emulator: 'entrepot-kms-emulator',
    accountId: emulatorAccountId,
    awsRegion: ring.awsRegion,
    offsetMs: ring.clock.offsetMs,
  }));
  server.get('/health', () => ({ status: 'ok' }));
  server.post('/', async (request, reply) => {
    const requestId = randomUUID();
    reply.header('x-entrepot-emulator', 'kms').header('x-amzn-requestid', requestId);
    reply.type(contentType);
    return JSON.stringify(await answer(request, requestId, options));
  });
  addAdministration(server, options.service, options.adminSecret);
  server.setErrorHandler((error, _request, reply) => {
    if (error instanceof KmsError) {
      const body = { __type: error.type, message: error.message };
      return reply.code(error.status).type(contentType).send(JSON.stringify(body));
    }
    // The text of an unexpected error may hold what a caller sent, so it is not passed on.
    const status = statusOf(error);
    const type = status < 500 ? 'ValidationException' : 'KMSInternalException';
    const body = { __type: type, message: 'The request could not be processed' };
    return reply.code(status).type(contentType).send(JSON.stringify(body));
  });
  return server;
}

async function answer(
  request: FastifyRequest,
  requestId: string,
  { service, principals }: ServerOptions,
): Promise<unknown> {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const headers = singleHeaders(request);
  const principal = authenticate(
    { method: request.method, target: request.url, headers, body },
    { awsRegion: service.ring.awsRegion, principals, now: new Date() },
  );
  const target = headers['x-amz-target'] ?? '';
  const name = target.startsWith(targetPrefix) ? target.slice(targetPrefix.length) : '';
  if (!isOperationName(name)) throw new KmsError('UnknownOperationException', `Unknown: ${target}`);
  return service.answer({ principal, operation: name, input: parseJson(body), requestId });
}

/** Header values as the signer saw them: repeated ones joined by commas. */
function singleHeaders(request: FastifyRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(',')]),
  );
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new KmsError('SerializationException', 'The body is not JSON');
  }
}

function statusOf(error: unknown): number {
  const status = (error as { statusCode?: unknown }).statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}
