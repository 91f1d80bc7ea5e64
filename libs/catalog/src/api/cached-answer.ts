import { isNotModified } from '@entrepot/platform-http';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Browsers keep an answer but ask whether it is still right each time; a cache in front of the cell
 * may share it for a moment.
 */
const cacheControl = 'public, max-age=0, s-maxage=1, must-revalidate';

/** Sends JSON that is already text, with its tag; 304 without a body where the client has it. */
export function sendCached(
  exchange: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  answer: { readonly etag: string; readonly body: string },
): void {
  const { request, reply } = exchange;
  reply.header('etag', answer.etag);
  reply.header('cache-control', cacheControl);
  reply.header('vary', 'accept-language');
  if (isNotModified(request.headers['if-none-match'], answer.etag)) {
    reply.code(304).send();
    return;
  }
  reply.header('content-type', 'application/json; charset=utf-8').send(answer.body);
}
