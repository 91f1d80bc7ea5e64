import { deskFault } from '@entrepot/platform-opendsr/processor';
import type { DeskFaults } from '@entrepot/platform-opendsr/processor';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isSameSecret } from './accounts.ts';
import type { Books } from './books.ts';
import { faultOrder } from './faults.ts';
import type { Faults } from './faults.ts';

export interface AdminOptions {
  readonly books: Books;
  readonly faults: Faults;
  readonly erasureFaults: DeskFaults;
  readonly secret: string;
}

/** The books for auditors and the faults for drills, behind a secret of their own. */
export function registerAdminRoutes(server: FastifyInstance, options: AdminOptions): void {
  const { books, faults, erasureFaults } = options;
  const guarded = { onRequest: guard(options.secret) };

  server.get('/sandbox/v1/payments', guarded, (request) => {
    const { account, reference } = request.query as { account?: string; reference?: string };
    const payments = books
      .allPayments()
      .filter((payment) => account === undefined || payment.account === account)
      .filter((payment) => reference === undefined || payment.reference === reference);
    return { payments };
  });

  /** One row per reference: how often and how much was captured and refunded. */
  server.get('/sandbox/v1/captures', guarded, (request) => {
    const { account } = request.query as { account?: string };
    const captured = books
      .allPayments()
      .filter((payment) => payment.capturedMinor > 0)
      .filter((payment) => account === undefined || payment.account === account);
    const groups = Map.groupBy(captured, (payment) => `${payment.account} ${payment.reference}`);
    const captures = [...groups.values()].flatMap((payments) => {
      const [first] = payments;
      return first === undefined ? [] : [captureRow(first, payments)];
    });
    return { captures };
  });

  server.get('/sandbox/v1/faults', guarded, () => ({ struck: faults.struck }));
  server.post('/sandbox/v1/faults', guarded, (request, reply) => {
    const parsed = faultOrder.safeParse(request.body);
    if (!parsed.success) return reply.code(400).send({ problems: parsed.error.issues });
    faults.add(parsed.data);
    return reply.code(201).send(parsed.data);
  });
  server.post('/sandbox/v1/erasure-faults', guarded, (request, reply) => {
    const parsed = deskFault.safeParse(request.body);
    if (!parsed.success) return reply.code(400).send({ problems: parsed.error.issues });
    erasureFaults.add(parsed.data);
    return reply.code(201).send(parsed.data);
  });
  server.delete('/sandbox/v1/faults', guarded, (_request, reply) => {
    faults.clear();
    erasureFaults.clear();
    return reply.code(204).send();
  });
}

type Payment = ReturnType<Books['allPayments']>[number];

function captureRow(first: Payment, payments: readonly Payment[]): Record<string, unknown> {
  return {
    account: first.account,
    reference: first.reference,
    currency: first.currency,
    captures: payments.length,
    capturedMinor: payments.reduce((sum, payment) => sum + payment.capturedMinor, 0),
    refundedMinor: payments.reduce((sum, payment) => sum + payment.refundedMinor, 0),
  };
}

const guard =
  (secret: string) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const given = /^Bearer (.+)$/u.exec(request.headers.authorization ?? '')?.[1] ?? '';
    return isSameSecret(secret, given)
      ? undefined
      : reply.code(401).send({ code: 'UNAUTHENTICATED' });
  };
