import { fastify } from 'fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Accounts } from './accounts.ts';
import { registerAdminRoutes } from './admin-routes.ts';
import { Books } from './books.ts';
import type { SandboxConfig } from './config.ts';
import { openErasureDesk } from './erasure-requests.ts';
import { Faults } from './faults.ts';
import { Provider, ProviderBroke, TimedOut } from './provider.ts';
import { RazorpayRoutes } from './razorpay-routes.ts';
import { StripeRoutes } from './stripe-routes.ts';
import { Webhooks } from './webhooks.ts';

const bodyBytesMax = 256 * 1024;

export interface RunningSandbox {
  readonly origin: string;
  readonly books: Books;
  readonly faults: Faults;
  close(): Promise<void>;
}

/** Reads the books, listens, and resolves when payments can be taken. */
export async function startSandbox(config: SandboxConfig): Promise<RunningSandbox> {
  const accounts = await Accounts.read(config.accountsFile);
  const books = await Books.open(config.booksFile);
  const faults = new Faults();
  const server = fastify({ bodyLimit: bodyBytesMax, forceCloseConnections: true });
  const address: { origin: string } = { origin: '' };
  const origin = (): string => address.origin;
  const webhooks = new Webhooks(accounts, faults, origin);
  const provider = new Provider(books, faults, webhooks, config.action);

  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  );
  server.setErrorHandler(answerFailure);
  server.get('/health/live', () => ({ status: 'ok' }));
  server.get('/health/ready', () => ({ status: 'ok' }));
  new StripeRoutes({ provider, accounts, origin }).register(server);
  new RazorpayRoutes({ provider, accounts, origin }).register(server);
  const erasureFaults = openErasureDesk(server, config, { accounts, books });
  registerAdminRoutes(server, { books, faults, erasureFaults, secret: config.adminSecret });
  registerActionPage(server, provider);

  address.origin = await server.listen({ host: config.host, port: config.port });
  const close = async (): Promise<void> => {
    webhooks.close();
    await server.close();
    await books.close();
  };
  return { origin: address.origin, books, faults, close };
}

/** Where the shopper approves: calling it approves, `?outcome=fail` refuses. */
function registerActionPage(server: FastifyInstance, provider: Provider): void {
  server.route({
    method: ['GET', 'POST'],
    url: '/actions/:id',
    handler: async (request, reply) => {
      const { id } = request.params as { id: string };
      const { outcome } = request.query as { outcome?: string };
      const payment = provider.books.payment(id);
      if (payment === undefined) return reply.code(404).send({ code: 'NOT_FOUND' });
      const done = await provider.act(payment, outcome !== 'fail');
      return { reference: done.reference, state: done.state };
    },
  });
}

function answerFailure(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  if (error instanceof TimedOut) {
    reply.hijack();
    const cut = setTimeout(() => request.raw.socket.destroy(), error.delayMs).unref();
    request.raw.socket.once('close', () => clearTimeout(cut));
    return;
  }
  if (error instanceof ProviderBroke) {
    const body = { type: 'api_error', code: 'SERVER_ERROR', message: 'An unexpected error.' };
    void reply.code(500).header('stripe-should-retry', 'false').send({ error: body });
    return;
  }
  const status = error instanceof RangeError ? 400 : (error.statusCode ?? 500);
  void reply.code(status).send({
    error: { type: 'invalid_request_error', code: 'BAD_REQUEST_ERROR', message: error.message },
  });
}
