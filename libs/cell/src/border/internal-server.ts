import { createHash, timingSafeEqual } from 'node:crypto';
import { DomainError } from '@entrepot/kernel';
import { bearerToken } from '@entrepot/platform-http';
import type { Log } from '@entrepot/platform-telemetry';
import type { FastifyInstance } from 'fastify';
import { borderServer } from './border-server.ts';
import type { BorderRoute } from './border-server.ts';

/** What the API and worker of the own cell may ask. */
export type InternalRoute = BorderRoute<'own cell'> & { readonly path: `/internal/v1/${string}` };

/** /internal/v1 for the own cell: loopback only, behind the secret the processes share. */
export function internalServer(options: {
  readonly log: Log;
  readonly secret: string;
  readonly routes: readonly InternalRoute[];
}): FastifyInstance {
  const expected = digest(options.secret);
  return borderServer<'own cell'>({
    log: options.log,
    routes: options.routes,
    identify: (request) => {
      const given = bearerToken(request.headers.authorization) ?? '';
      if (timingSafeEqual(digest(given), expected)) return 'own cell';
      throw new DomainError('UNAUTHENTICATED', 'the secret is wrong');
    },
  });
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
