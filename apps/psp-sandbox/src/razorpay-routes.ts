import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Account } from './accounts.ts';
import type { SandboxOrder, SandboxPayment } from './payment.ts';
import { razorpayError, razorpayOrder, razorpayPayment } from './razorpay-shapes.ts';
import type { RouteOptions } from './stripe-routes.ts';

const amount = z.int().min(100, 'The amount must be at least INR 1.00');
const currency = z.string().regex(/^[A-Z]{3}$/);
const orderBody = z.object({
  amount,
  currency,
  receipt: z.string().min(1).max(40),
  payment: z.unknown().optional(),
});
const paymentBody = z.object({
  amount,
  currency,
  order_id: z.string(),
  method: z.string().max(32),
  token: z.string().max(128).optional(),
  upi: z.object({ flow: z.enum(['collect', 'intent']) }).default({ flow: 'collect' }),
  notes: z.object({ reference: z.string().min(1).max(256) }),
});
type UpiFlow = z.infer<typeof paymentBody>['upi']['flow'];
const captureBody = z.object({ amount, currency });
const refundBody = z.object({ amount: amount.optional() });

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

interface NextAction {
  readonly action: string;
  readonly url: string;
}

class RazorpayRefusal extends Error {
  readonly answer: Answer;

  constructor(description: string, more: Parameters<typeof razorpayError>[1] = {}, status = 400) {
    super('refused');
    this.answer = { status, body: razorpayError(description, more) };
  }
}

type Work = (account: Account, request: FastifyRequest) => Promise<Answer>;

/**
 * The part of Razorpay's API v1 that takes payments from a server: orders, S2S payments, capture, refund.
 * Like the real one it has no idempotency keys: a merchant finds earlier attempts by receipt.
 */
export class RazorpayRoutes {
  constructor(private readonly options: RouteOptions) {}

  register(server: FastifyInstance): void {
    const route = (method: 'GET' | 'POST', url: string, work: Work): void => {
      server.route({
        method,
        url,
        handler: (request, reply) => this.answer(request, reply, work),
      });
    };
    route('POST', '/v1/orders', this.createOrder);
    route('GET', '/v1/orders', this.listOrders);
    route('GET', '/v1/orders/:id', this.fetchOrder);
    route('GET', '/v1/orders/:id/payments', this.paymentsOfOrder);
    route('POST', '/v1/payments/create/json', this.createPayment);
    route('GET', '/v1/payments/:id', this.fetchPayment);
    route('POST', '/v1/payments/:id/capture', this.capture);
    route('POST', '/v1/payments/:id/refund', this.refund);
  }

  private get books() {
    return this.options.provider.books;
  }

  private readonly createOrder: Work = async (account, request) => {
    const body = read(orderBody, request);
    this.options.provider.refuseEarly(body.receipt);
    const order: SandboxOrder = {
      id: `order_${randomBytes(7).toString('hex')}`,
      account: account.name,
      receipt: body.receipt,
      amountMinor: body.amount,
      currency: body.currency,
      createdAt: Math.floor(Date.now() / 1_000),
    };
    await this.books.record({ kind: 'order', order });
    return shown(razorpayOrder(order, []));
  };

  private readonly listOrders: Work = async (account, request) => {
    const { receipt } = request.query as { receipt?: string };
    if (receipt === undefined) throw new RazorpayRefusal('This sandbox lists orders by receipt.');
    const orders = this.books.ordersOf(account.name, receipt).toReversed();
    return collection(orders.map((order) => this.orderView(order)));
  };

  private readonly fetchOrder: Work = async (account, request) =>
    shown(this.orderView(this.ownOrder(account, idOf(request))));

  private readonly paymentsOfOrder: Work = async (account, request) => {
    const order = this.ownOrder(account, idOf(request));
    return collection(this.books.paymentsOfOrder(order.id).toReversed().map(razorpayPayment));
  };

  private readonly createPayment: Work = async (account, request) => {
    const body = read(paymentBody, request);
    const order = this.ownOrder(account, body.order_id);
    if (order.amountMinor !== body.amount || order.currency !== body.currency) {
      throw new RazorpayRefusal('Payment amount is different from the order amount.');
    }
    if (this.books.paymentsOfOrder(order.id).some(({ capturedMinor }) => capturedMinor > 0)) {
      throw new RazorpayRefusal('Payment already done for this order.');
    }
    const payment = await this.options.provider.create({
      account,
      protocol: 'razorpay',
      reference: order.receipt,
      orderId: order.id,
      amountMinor: body.amount,
      currency: body.currency,
      method: body.method,
    });
    return this.authorize(payment, order, body.upi.flow);
  };

  private readonly fetchPayment: Work = async (account, request) =>
    shown(razorpayPayment(this.ownPayment(account, idOf(request))));

  private readonly capture: Work = async (account, request) => {
    const payment = this.ownPayment(account, idOf(request));
    const body = read(captureBody, request);
    if (payment.state === 'captured') {
      throw new RazorpayRefusal('This payment has already been captured');
    }
    if (payment.state !== 'authorized') {
      throw new RazorpayRefusal('Only payments which have been authorized can be captured');
    }
    if (body.amount !== payment.amountMinor || body.currency !== payment.currency) {
      throw new RazorpayRefusal('Capture amount must be equal to the amount authorized');
    }
    return shown(razorpayPayment(await this.options.provider.capture(payment, body.amount)));
  };

  private readonly refund: Work = async (account, request) => {
    const payment = this.ownPayment(account, idOf(request));
    const left = payment.capturedMinor - payment.refundedMinor;
    const asked = read(refundBody, request).amount ?? left;
    if (asked > left || left === 0) {
      throw new RazorpayRefusal('The payment has been fully refunded already or was not captured');
    }
    await this.options.provider.refund(payment, asked);
    const id = payment.id.replace('pay_', 'rfnd_');
    const body = { id, entity: 'refund', amount: asked, payment_id: payment.id };
    return shown({ ...body, currency: payment.currency, status: 'processed' });
  };

  private async authorize(
    payment: SandboxPayment,
    order: SandboxOrder,
    upiFlow: UpiFlow,
  ): Promise<Answer> {
    const done = await this.options.provider.authorize(payment);
    if (done.state === 'failed') {
      throw new RazorpayRefusal('Your payment was declined.', {
        reason: done.declineCode ?? 'payment_failed',
        metadata: { payment_id: done.id, order_id: order.id },
      });
    }
    const next = done.state === 'requires_action' ? this.nextActions(done, upiFlow) : [];
    return shown({ razorpay_payment_id: done.id, next });
  }

  /** UPI redirects nowhere: the shopper approves in an app, which a collect request reaches by itself. */
  private nextActions({ id, method }: SandboxPayment, upiFlow: UpiFlow): NextAction[] {
    const approval = `${this.options.origin()}/actions/${id}`;
    if (method !== 'upi') return [{ action: 'redirect', url: approval }];
    const poll = { action: 'poll', url: `${this.options.origin()}/v1/payments/${id}` };
    return upiFlow === 'intent' ? [{ action: 'intent', url: approval }, poll] : [poll];
  }

  private orderView(order: SandboxOrder): Record<string, unknown> {
    return razorpayOrder(order, this.books.paymentsOfOrder(order.id));
  }

  private ownOrder(account: Account, id: string): SandboxOrder {
    const order = this.books.order(id);
    if (order?.account === account.name) return order;
    throw new RazorpayRefusal('The id provided does not exist');
  }

  private ownPayment(account: Account, id: string): SandboxPayment {
    const payment = this.books.payment(id);
    if (payment?.account === account.name && payment.protocol === 'razorpay') return payment;
    throw new RazorpayRefusal('The id provided does not exist');
  }

  private async answer(request: FastifyRequest, reply: FastifyReply, work: Work): Promise<unknown> {
    const account = this.options.accounts.authenticate(request.headers.authorization);
    try {
      if (account === undefined) throw new RazorpayRefusal('Authentication failed', {}, 401);
      const { status, body } = await work(account, request);
      return await reply.code(status).send(body);
    } catch (error) {
      if (!(error instanceof RazorpayRefusal)) throw error;
      return reply.code(error.answer.status).send(error.answer.body);
    }
  }
}

function read<Shape>(schema: z.ZodType<Shape>, request: FastifyRequest): Shape {
  const parsed = schema.safeParse(request.body ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new RazorpayRefusal(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is invalid'}`);
}

const idOf = (request: FastifyRequest): string => (request.params as { id: string }).id;
const shown = (body: Record<string, unknown>): Answer => ({ status: 200, body });
const collection = (items: readonly unknown[]): Answer =>
  shown({ entity: 'collection', count: items.length, items });
