import { bypassCaches } from '@entrepot/platform-cache';
import type { FastifyInstance } from 'fastify';

const header = 'entrepot-cache';

/**
 * A request with `Entrepot-Cache: bypass` is answered from the database, and the answer says so. Never
 * in production: there it would let anyone lead every request past the caches.
 */
export function offerCacheBypass(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    if (request.headers[header] !== 'bypass') {
      done();
      return;
    }
    void reply.header(header, 'bypassed');
    bypassCaches(done);
  });
}
