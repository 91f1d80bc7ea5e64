import type { ExecutionContext } from '@nestjs/common';
import type { CellId } from '@entrepot/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from './principal.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the access guard from a verified token. */
    principal?: Principal;
  }
  interface FastifyContextConfig {
    /** The handler answers only with the header Entrepot-Residence. */
    requiresResidence?: boolean;
  }
}

/** The Fastify request behind a Nest execution context, REST and GraphQL alike. */
export function requestOf(context: ExecutionContext): FastifyRequest {
  if (context.getType<'http' | 'graphql'>() !== 'graphql') {
    return context.switchToHttp().getRequest<FastifyRequest>();
  }
  const [, , graphqlContext] = context.getArgs<[unknown, unknown, GraphqlContext]>();
  return graphqlContext.req;
}

/** What every GraphQL resolver gets as its third argument. */
export interface GraphqlContext {
  readonly req: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Where a shopper's data lives: told with HOME_CELL_ELSEWHERE. */
export interface Home {
  readonly cell: CellId;
  readonly origin: string;
}
