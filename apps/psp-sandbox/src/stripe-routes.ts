import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Account, Accounts } from './accounts.ts';
import type { SandboxPayment } from './payment.ts';
import { TimedOut } from './provider.ts';
import type { Provider } from './provider.ts';
import { parseStripeForm } from './stripe-form.ts';
import { stripeIntent } from './stripe-shapes.ts';

const amount = z
  .string()
  .regex(/^[1-9][0-9]{0,15}$/)
  .transform(Number);
const createForm = z.object({
  amount,
  currency: z.string().regex(/^[a-z]{3}$/),
  confirm: z.enum(['true', 'false']).default('false'),
  capture_method: z.literal('manual'),
  payment_method: z.string().optional(),
  allowed_payment_method_types: z.record(z.string(), z.string()).optional(),
  return_url: z.string().optional(),
  metadata: z.object({ reference: z.string().min(1).max(500) }),
});
const captureForm = z.object({ amount_to_capture: amount.optional() });
const refundForm = z.object({ payment_intent: z.string(), amount: amount.optional() });
/** The one search this sandbox answers; Stripe's query language knows many more. */
const searchQuery = /^metadata\[['"]reference['"]\]:['"]([^'"]{1,500})['"]$/;
const listLimitMax = 100;

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A refusal in Stripe's form. */
class StripeRefusal extends Error {
  constructor(readonly answer: Answer) {
    super('refused');
  }
}

function refusal(status: number, code: string, message: string, more: object = {}): StripeRefusal {
  const type = status === 402 ? 'card_error' : 'invalid_request_error';
  return new StripeRefusal({ status, body: { error: { type, code, message, ...more } } });
}

export interface RouteOptions {
  readonly provider: Provider;
  readonly accounts: Accounts;
  readonly origin: () => string;
}

/** The part of Stripe's API v1 that takes, captures, cancels and finds card payments. */
export class StripeRoutes {
  private readonly inFlight = new Set<string>();

  constructor(private readonly options: RouteOptions) {}

  register(server: FastifyInstance): void {
    const intents = '/v1/payment_intents';
    server.post(intents, (request, reply) => this.once(request, reply, this.create));
    for (const [verb, work] of [
      ['confirm', this.confirm],
      ['capture', this.capture],
      ['cancel', this.cancel],
    ] as const) {
      server.post(`${intents}/:id/${verb}`, (request, reply) => this.once(request, reply, work));
    }
    server.post('/v1/refunds', (request, reply) => this.once(request, reply, this.refund));
    server.get(intents, (request, reply) => this.answer(request, reply, this.list));
    server.get(`${intents}/search`, (request, reply) => this.answer(request, reply, this.search));
    server.get(`${intents}/:id`, (request, reply) => this.answer(request, reply, this.retrieve));
  }

  private readonly create = async (account: Account, request: FastifyRequest): Promise<Answer> => {
    const form = read(createForm, request);
    const { reference } = form.metadata;
    this.options.provider.refuseEarly(reference);
    const payment = await this.options.provider.create({
      account,
      protocol: 'stripe',
      reference,
      amountMinor: form.amount,
      currency: form.currency.toUpperCase(),
      method: Object.values(form.allowed_payment_method_types ?? {})[0] ?? 'card',
      card: form.payment_method,
      returnUrl: form.return_url,
    });
    return form.confirm === 'true' ? this.authorize(payment) : this.show(payment);
  };

  private readonly confirm = (account: Account, request: FastifyRequest): Promise<Answer> => {
    const payment = this.find(account, request);
    if (payment.state !== 'created' && payment.state !== 'failed') {
      throw this.wrongState(payment, 'confirmed');
    }
    return this.authorize(payment);
  };

  private readonly capture = async (account: Account, request: FastifyRequest): Promise<Answer> => {
    const payment = this.find(account, request);
    const asked = read(captureForm, request).amount_to_capture ?? payment.amountMinor;
    if (payment.state !== 'authorized') throw this.wrongState(payment, 'captured');
    if (asked > payment.amountMinor) {
      throw refusal(400, 'amount_too_large', 'The amount is larger than the amount authorized.');
    }
    return this.show(await this.options.provider.capture(payment, asked));
  };

  private readonly cancel = async (account: Account, request: FastifyRequest): Promise<Answer> => {
    const payment = this.find(account, request);
    if (payment.state === 'captured' || payment.state === 'canceled') {
      throw this.wrongState(payment, 'canceled');
    }
    return this.show(await this.options.provider.cancel(payment));
  };

  private readonly refund = async (account: Account, request: FastifyRequest): Promise<Answer> => {
    const form = read(refundForm, request);
    const payment = this.owned(account, form.payment_intent);
    const left = payment.capturedMinor - payment.refundedMinor;
    const asked = form.amount ?? left;
    if (asked > left || left === 0) {
      throw refusal(400, 'charge_already_refunded', 'There is not that much left to refund.');
    }
    await this.options.provider.refund(payment, asked);
    const id = payment.id.replace('pi_', 're_');
    const body = { id, object: 'refund', amount: asked, status: 'succeeded' };
    return { status: 200, body: { ...body, payment_intent: payment.id } };
  };

  private readonly retrieve = async (account: Account, request: FastifyRequest): Promise<Answer> =>
    this.show(this.find(account, request));

  private readonly list = async (account: Account, request: FastifyRequest): Promise<Answer> => {
    const { limit } = request.query as { limit?: string };
    const count = Math.min(Math.max(Number(limit ?? 10) || 10, 1), listLimitMax);
    const own = this.options.provider.books
      .allPayments()
      .filter((payment) => payment.account === account.name && payment.protocol === 'stripe')
      .reverse();
    return this.page('list', own.slice(0, count), own.length > count);
  };

  private readonly search = async (account: Account, request: FastifyRequest): Promise<Answer> => {
    const { query = '' } = request.query as { query?: string };
    const reference = searchQuery.exec(query)?.[1];
    if (reference === undefined) {
      throw refusal(400, 'parameter_invalid', 'This sandbox searches metadata["reference"] only.');
    }
    const found = this.options.provider.books.paymentsOf(account.name, reference);
    return this.page('search_result', found.toReversed(), false);
  };

  private async authorize(payment: SandboxPayment): Promise<Answer> {
    return this.answerFor(await this.options.provider.authorize(payment));
  }

  private answerFor(payment: SandboxPayment): Answer {
    if (payment.state !== 'failed') return this.show(payment);
    return refusal(402, 'card_declined', 'The card was declined.', {
      decline_code: payment.declineCode,
      payment_intent: stripeIntent(payment, this.options.origin()),
    }).answer;
  }

  /**
   * Stripe's idempotency: the first answer is kept under the key and given again; the same key with
   * other parameters is an error, as is a second request while the first is at work.
   */
  private async once(
    request: FastifyRequest,
    reply: FastifyReply,
    work: (account: Account, request: FastifyRequest) => Promise<Answer>,
  ): Promise<unknown> {
    const given = request.headers['idempotency-key'];
    const account = this.options.accounts.authenticate(request.headers.authorization);
    if (typeof given !== 'string' || account === undefined)
      return this.answer(request, reply, work);
    const key = `${account.name} ${given}`;
    const fingerprint = fingerprintOf(request);
    const { books } = this.options.provider;
    const stored = books.answer(key);
    if (stored !== undefined && stored.fingerprint !== fingerprint) {
      return reply
        .code(400)
        .send(idempotencyError('Keys can only be used with the same parameters.'));
    }
    if (stored !== undefined) {
      return reply.code(stored.status).header('idempotent-replayed', 'true').send(stored.body);
    }
    if (this.inFlight.has(key)) {
      const error = idempotencyError('Another request with this key is at work.');
      return reply.code(409).header('stripe-should-retry', 'false').send(error);
    }
    this.inFlight.add(key);
    try {
      const { status, body } = await this.settle(() => work(account, request));
      await books.record({ kind: 'answer', answer: { key, fingerprint, status, body } });
      return await reply.code(status).send(body);
    } catch (error) {
      // the effect has happened, so its answer is kept, though nobody hears it now
      if (error instanceof TimedOut && error.done !== undefined) {
        const answer = { key, fingerprint, ...this.answerFor(error.done) };
        await books.record({ kind: 'answer', answer });
      }
      throw error;
    } finally {
      this.inFlight.delete(key);
    }
  }

  private async answer(
    request: FastifyRequest,
    reply: FastifyReply,
    work: (account: Account, request: FastifyRequest) => Promise<Answer>,
  ): Promise<unknown> {
    const account = this.options.accounts.authenticate(request.headers.authorization);
    const { status, body } = await this.settle(() => {
      if (account === undefined) throw refusal(401, 'api_key_invalid', 'Invalid API key provided.');
      return work(account, request);
    });
    return reply.code(status).send(body);
  }

  private async settle(work: () => Promise<Answer>): Promise<Answer> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof StripeRefusal) return error.answer;
      throw error;
    }
  }

  private find(account: Account, request: FastifyRequest): SandboxPayment {
    return this.owned(account, (request.params as { id: string }).id);
  }

  private owned(account: Account, id: string): SandboxPayment {
    const payment = this.options.provider.books.payment(id);
    if (payment?.account === account.name && payment.protocol === 'stripe') return payment;
    throw refusal(404, 'resource_missing', `No such payment_intent: '${id}'`);
  }

  private wrongState(payment: SandboxPayment, verb: string): StripeRefusal {
    const shown = stripeIntent(payment, this.options.origin());
    return refusal(
      400,
      'payment_intent_unexpected_state',
      `This PaymentIntent could not be ${verb} because it has a status of ${String(shown['status'])}.`,
      { payment_intent: shown },
    );
  }

  private show(payment: SandboxPayment): Answer {
    return { status: 200, body: stripeIntent(payment, this.options.origin()) };
  }

  private page(object: string, payments: readonly SandboxPayment[], hasMore: boolean): Answer {
    const data = payments.map((payment) => stripeIntent(payment, this.options.origin()));
    const more = { has_more: hasMore, ...(object === 'search_result' && { next_page: null }) };
    return { status: 200, body: { object, url: '/v1/payment_intents', data, ...more } };
  }
}

function read<Shape>(schema: z.ZodType<Shape>, request: FastifyRequest): Shape {
  const parsed = schema.safeParse(parseStripeForm(bodyText(request)));
  if (parsed.success) return parsed.data;
  const param = parsed.error.issues[0]?.path.join('.') ?? '';
  throw refusal(400, 'parameter_invalid', `Invalid or missing parameter: ${param}`, { param });
}

const bodyText = (request: FastifyRequest): string =>
  typeof request.body === 'string' ? request.body : '';

const fingerprintOf = (request: FastifyRequest): string =>
  createHash('sha256')
    .update(`${request.url}\n${bodyText(request)}`)
    .digest('hex');

const idempotencyError = (message: string): object => ({
  error: { type: 'idempotency_error', code: 'idempotency_key_in_use', message },
});
