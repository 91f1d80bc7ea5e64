import { deskFault } from '@entrepot/platform-opendsr/processor';
import type { DeskFaults } from '@entrepot/platform-opendsr/processor';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { readableLetterOf } from './letter-text.ts';
import type { Letters } from './letters.ts';
import { isSameSecret } from './same-secret.ts';
import { smtpFault } from './smtp-faults.ts';
import type { SmtpFaults } from './smtp-faults.ts';

export interface AdminOptions {
  readonly letters: Letters;
  readonly smtpFaults: SmtpFaults;
  readonly deskFaults: DeskFaults;
  readonly secret: string;
}

/** The letters for tests and the faults for drills, behind a secret of their own. */
export function registerAdminRoutes(server: FastifyInstance, options: AdminOptions): void {
  const { letters, smtpFaults, deskFaults } = options;
  const guarded = { onRequest: guard(options.secret) };

  server.get('/sandbox/v1/letters', guarded, (request) => ({
    letters: letters.to(addressIn(request)).map(({ raw, ...letter }) => ({
      ...letter,
      ...readableLetterOf(raw),
    })),
  }));
  server.delete('/sandbox/v1/letters', guarded, async (request) => ({
    purged: await letters.purge([addressIn(request)]),
  }));
  server.post('/sandbox/v1/smtp-faults', guarded, (request, reply) =>
    order(smtpFault, { request, reply, add: (fault) => smtpFaults.add(fault) }),
  );
  server.post('/sandbox/v1/erasure-faults', guarded, (request, reply) =>
    order(deskFault, { request, reply, add: (fault) => deskFaults.add(fault) }),
  );
  server.delete('/sandbox/v1/faults', guarded, (_request, reply) => {
    smtpFaults.clear();
    deskFaults.clear();
    return reply.code(204).send();
  });
}

const addressIn = (request: FastifyRequest): string =>
  (request.query as { address?: string }).address ?? '';

function order<Fault>(
  schema: z.ZodType<Fault>,
  on: {
    readonly request: FastifyRequest;
    readonly reply: FastifyReply;
    readonly add: (fault: Fault) => void;
  },
): FastifyReply {
  const parsed = schema.safeParse(on.request.body);
  if (!parsed.success) return on.reply.code(400).send({ problems: parsed.error.issues });
  on.add(parsed.data);
  return on.reply.code(201).send(parsed.data);
}

const guard =
  (secret: string) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const given = /^Bearer (.+)$/u.exec(request.headers.authorization ?? '')?.[1] ?? '';
    return isSameSecret(given, secret)
      ? undefined
      : reply.code(401).send({ code: 'UNAUTHENTICATED' });
  };
