import type { Server } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Log } from '@entrepot/platform-telemetry';
import type { FastifyInstance, FastifyHttpOptions } from 'fastify';
import { sendProblem } from './problem-filter.ts';

/**
 * Nest's Fastify adapter with our error handler in place from the start. Nest sets its own only after
 * all routes, and the GraphQL plugin makes Fastify bind the routes' handlers before that, so errors
 * of the body parser would get Fastify's own answer.
 */
export class HouseAdapter extends FastifyAdapter {
  constructor(log: Log, options: FastifyHttpOptions<Server>) {
    super(options);
    const server: FastifyInstance = this.getInstance();
    server.setErrorHandler((error, request, reply) => sendProblem(error, { request, reply, log }));
  }

  override setErrorHandler(): FastifyInstance {
    return this.getInstance();
  }
}
