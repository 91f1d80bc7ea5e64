import { createHmac, timingSafeEqual } from 'node:crypto';
import { DomainError, isIdOf, Money, OutcomeUnknownError } from '@entrepot/kernel';
import type { CurrencyCode } from '@entrepot/kernel';
import { PaymentGateway } from '@entrepot/payments';
import type {
  AuthorizationRequest,
  GatewayEvent,
  GatewayPayment,
  PaymentMethod,
  PaymentReference,
  ProviderState,
  WebhookRequest,
} from '@entrepot/payments';
import type Razorpay from 'razorpay';
import { z } from 'zod';
import { isRazorpayFailure, razorpayClient } from './razorpay-client.ts';
import type { RazorpayConnection } from './razorpay-client.ts';

/** Razorpay gives uncaptured money back by itself after this long; its least is 12 minutes. */
const manualExpiryMinutes = 30;

/**
 * What an earlier call left must be found within this long, or nothing is started: whoever looks for longer
 * may have lost the order to somebody who starts a payment as well.
 */
const lookBeforeStartMs = 4_000;

export interface RazorpayOptions extends RazorpayConnection {
  readonly webhookSecret: string;
  /** The page of ours or of Razorpay that approves a payment found again by look-up. */
  readonly actionUrlOf: (providerReference: string) => string;
}

const paymentEntity = z.object({
  id: z.string(),
  amount: z.coerce.number().pipe(z.int().nonnegative()).transform(BigInt),
  currency: z.string().regex(/^[A-Z]{3}$/),
  status: z.enum(['created', 'authorized', 'captured', 'refunded', 'failed']),
  captured: z.boolean().nullish(),
  error_reason: z.string().nullish(),
  notes: z.union([z.object({ reference: z.string().optional() }), z.array(z.unknown())]).nullish(),
});
type PaymentEntity = z.infer<typeof paymentEntity>;

interface RazorpayOrder {
  readonly id: string;
}

const startedPayment = z.object({
  razorpay_payment_id: z.string(),
  next: z.array(z.object({ action: z.string(), url: z.string().optional() })).default([]),
});
type StartedPayment = z.infer<typeof startedPayment>;

/** The provider's own page, or the link that opens the shopper's UPI app. */
const shopperActions: ReadonlySet<string> = new Set(['redirect', 'intent']);

const webhookEvent = z.object({
  event: z.string(),
  payload: z.object({ payment: z.object({ entity: paymentEntity }).optional() }),
});

/**
 * UPI and card payments through Razorpay's own library. Razorpay has no idempotency keys: our payment id
 * is the receipt of a Razorpay order, and every authorization first looks for what an earlier one left.
 */
export class RazorpayPaymentGateway extends PaymentGateway {
  readonly provider = 'razorpay';
  readonly methods: readonly PaymentMethod[] = ['upi', 'card'];
  private readonly razorpay: Razorpay;

  constructor(private readonly options: RazorpayOptions) {
    super();
    this.razorpay = razorpayClient(options);
  }

  async authorize(request: AuthorizationRequest): Promise<GatewayPayment> {
    const { providerReference } = request;
    if (providerReference !== undefined) return this.fetch(providerReference, request);
    const startBy = performance.now() + lookBeforeStartMs;
    const order = await this.findOrder(request);
    const existing = order && (await this.newestPaymentOf(order, request));
    if (existing !== undefined) return existing;
    let started: StartedPayment;
    try {
      const orderId = order?.id ?? (await this.createOrder(request));
      if (performance.now() > startBy) throw new OutcomeUnknownError('Razorpay answers too slowly');
      started = await this.start(request, orderId);
    } catch (error) {
      return declinedOr(error);
    }
    return this.seenOnceStarted(started, request);
  }

  /** Capturing twice is refused by Razorpay; the refusal is answered by what the payment is by then. */
  async capture(reference: PaymentReference): Promise<GatewayPayment> {
    const id = await this.paymentIdOf(reference);
    const { amountMinor, currency } = reference.amount;
    try {
      const captured = await this.razorpay.payments.capture(id, Number(amountMinor), currency);
      return this.checked(paymentEntity.parse(captured), reference);
    } catch (error) {
      if (!isRefusal(error)) throw unknown(error);
      return this.fetch(id, reference);
    }
  }

  /**
   * Razorpay knows no undo of an authorization: left uncaptured, it lapses and the money goes back. So
   * this only makes sure that nothing was taken.
   */
  async void(reference: PaymentReference): Promise<GatewayPayment> {
    const seen = await this.lookUp(reference);
    if (seen?.state === 'captured' || seen?.state === 'declined') return seen;
    return {
      providerReference: seen?.providerReference ?? reference.providerReference,
      state: 'voided',
      declineCode: undefined,
      actionUrl: undefined,
    };
  }

  async lookUp(reference: PaymentReference): Promise<GatewayPayment | undefined> {
    if (reference.providerReference !== undefined) {
      return this.fetch(reference.providerReference, reference);
    }
    const order = await this.findOrder(reference);
    return order && this.newestPaymentOf(order, reference);
  }

  readWebhook({ body, headers }: WebhookRequest): GatewayEvent {
    this.verify(body, headers['x-razorpay-signature']);
    const eventId = headers['x-razorpay-event-id'];
    const parsed = webhookEvent.safeParse(parsedJson(body));
    if (!parsed.success || typeof eventId !== 'string') {
      throw new DomainError('WEBHOOK_REFUSED', 'the event has no form we know');
    }
    const entity = parsed.data.payload.payment?.entity;
    const reference = entity && referenceOf(entity);
    return {
      eventId,
      type: parsed.data.event,
      paymentId: reference !== undefined && isIdOf('payment', reference) ? reference : undefined,
      amount: entity && Money.of(entity.amount, entity.currency as CurrencyCode),
      state: entity && stateOf(entity),
    };
  }

  private async start(request: AuthorizationRequest, orderId: string): Promise<StartedPayment> {
    const { paymentId, amount, method, methodToken } = request;
    // the library's own method asks for an e-mail address and a phone number, which we do not send
    const answer = await this.razorpay.api.post<object, unknown>({
      url: '/payments/create/json',
      data: {
        amount: Number(amount.amountMinor),
        currency: amount.currency,
        order_id: orderId,
        method,
        ...(methodToken !== undefined && { token: methodToken }),
        // the other flow, collect, needs the shopper's UPI address, which we do not hold
        ...(method === 'upi' && methodToken === undefined && { upi: { flow: 'intent' } }),
        notes: { reference: paymentId },
      },
    });
    return startedPayment.parse(answer);
  }

  /**
   * An answer that sends the shopper nowhere says nothing of the money: it is reserved, or the shopper still
   * approves in an app. A payment that cannot be asked now is found by its receipt at the next authorization.
   */
  private async seenOnceStarted(
    { razorpay_payment_id: providerReference, next }: StartedPayment,
    request: AuthorizationRequest,
  ): Promise<GatewayPayment> {
    const actionUrl = next.find(({ action }) => shopperActions.has(action))?.url;
    if (actionUrl === undefined) return this.fetch(providerReference, request);
    return { providerReference, state: 'requires_action', declineCode: undefined, actionUrl };
  }

  private async newestPaymentOf(
    order: RazorpayOrder,
    reference: PaymentReference,
  ): Promise<GatewayPayment | undefined> {
    const { items } = await this.call(() => this.razorpay.orders.fetchPayments(order.id));
    const [newest] = items.map((item) => paymentEntity.parse(item)).sort(byProgress);
    return newest && this.checked(newest, reference);
  }

  private async createOrder(request: AuthorizationRequest): Promise<string> {
    const order = await this.razorpay.orders.create({
      amount: Number(request.amount.amountMinor),
      currency: request.amount.currency,
      receipt: request.paymentId,
      payment: {
        capture: 'manual',
        capture_options: {
          automatic_expiry_period: manualExpiryMinutes,
          manual_expiry_period: manualExpiryMinutes,
          refund_speed: 'normal',
        },
      },
    });
    return order.id;
  }

  private async findOrder({ paymentId }: PaymentReference): Promise<RazorpayOrder | undefined> {
    const { items } = await this.call(() => this.razorpay.orders.all({ receipt: paymentId }));
    return items[0];
  }

  private async paymentIdOf(reference: PaymentReference): Promise<string> {
    const id = reference.providerReference ?? (await this.lookUp(reference))?.providerReference;
    if (id !== undefined) return id;
    throw new OutcomeUnknownError(`Razorpay does not show payment ${reference.paymentId}`);
  }

  private async fetch(id: string, reference: PaymentReference): Promise<GatewayPayment> {
    const entity = await this.call(() => this.razorpay.payments.fetch(id));
    return this.checked(paymentEntity.parse(entity), reference);
  }

  private checked(entity: PaymentEntity, reference: PaymentReference): GatewayPayment {
    const { paymentId, amount } = reference;
    const isOurs =
      referenceOf(entity) === paymentId &&
      entity.amount === amount.amountMinor &&
      entity.currency === amount.currency;
    if (!isOurs) throw new Error(`Razorpay answers for another payment than ${paymentId}`);
    const state = stateOf(entity);
    return {
      providerReference: entity.id,
      state,
      declineCode: state === 'declined' ? asCode(entity.error_reason ?? 'declined') : undefined,
      actionUrl: state === 'requires_action' ? this.options.actionUrlOf(entity.id) : undefined,
    };
  }

  private verify(body: Buffer, signature: string | string[] | undefined): void {
    const expected = createHmac('sha256', this.options.webhookSecret).update(body).digest();
    const given = Buffer.from(typeof signature === 'string' ? signature : '', 'hex');
    if (given.length === expected.length && timingSafeEqual(given, expected)) return;
    throw new DomainError('WEBHOOK_REFUSED', 'the signature does not match the body');
  }

  private async call<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw unknown(error);
    }
  }
}

const referenceOf = ({ notes }: PaymentEntity): string | undefined =>
  notes !== null && notes !== undefined && !Array.isArray(notes) ? notes.reference : undefined;

/** Captured, refunds included, is captured for good; an uncaptured refund is a lapsed authorization. */
function stateOf(entity: PaymentEntity): ProviderState {
  switch (entity.status) {
    case 'created':
      return 'requires_action';
    case 'authorized':
      return 'authorized';
    case 'captured':
      return 'captured';
    case 'refunded':
      return entity.captured === true ? 'captured' : 'voided';
    case 'failed':
      return 'declined';
  }
}

const progress: readonly ProviderState[] = [
  'captured',
  'authorized',
  'requires_action',
  'voided',
  'declined',
];

/** The attempt that got furthest first: it decides what the payment is. */
const byProgress = (a: PaymentEntity, b: PaymentEntity): number =>
  progress.indexOf(stateOf(a)) - progress.indexOf(stateOf(b));

/** Timed out, at work on another request, too early, too many requests: whether it acted is not said. */
const undecidedStatuses: ReadonlySet<number> = new Set([408, 409, 425, 429]);

const isRefusal = (error: unknown): boolean =>
  isRazorpayFailure(error) &&
  error.statusCode >= 400 &&
  error.statusCode < 500 &&
  !undecidedStatuses.has(error.statusCode);

/** A refused authorization: 4xx other than a wrong key or a full queue says that no money is reserved. */
function declinedOr(error: unknown): GatewayPayment {
  const isFinal =
    isRazorpayFailure(error) && (error.statusCode === 400 || error.statusCode === 402);
  if (!isFinal) throw unknown(error);
  const { reason, code, metadata } = error.error;
  return {
    providerReference: metadata?.payment_id,
    state: 'declined',
    declineCode: asCode(reason ?? code ?? 'declined'),
    actionUrl: undefined,
  };
}

function unknown(error: unknown): Error {
  if (!isRazorpayFailure(error)) return error instanceof Error ? error : new Error(String(error));
  if (error.statusCode === 401) return new Error('Razorpay refuses our key');
  const { statusCode } = error;
  return new OutcomeUnknownError(`Razorpay did not say (${statusCode})`, { cause: error });
}

const asCode = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, '_')
    .slice(0, 64);

function parsedJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
