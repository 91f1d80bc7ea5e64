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
import type { EgressAgents } from '@entrepot/platform-egress';
import Stripe from 'stripe';
import { z } from 'zod';

/** Test card of Stripe that needs nothing from a browser; used where no token was handed in. */
const defaultPaymentMethod = 'pm_card_threeDSecureOptional';
const webhookToleranceSeconds = 300;

export interface StripeOptions {
  /** `https://api.stripe.com`, or the sandbox. */
  readonly baseUrl: string;
  readonly secretKey: string;
  readonly webhookSecret: string;
  /** Where Stripe sends the shopper back after approval. */
  readonly returnUrl: string;
  readonly timeoutMs: number;
  /** The way out of the process; its own connections without it. */
  readonly agents?: EgressAgents;
}

/** What we read of an event; anything else that Stripe signs is none of ours. */
const webhookEvent = z.object({
  id: z.string(),
  type: z.string(),
  data: z.object({ object: z.looseObject({ object: z.string() }) }),
});
const webhookIntent = z.object({
  amount: z.int().nonnegative(),
  currency: z.string().regex(/^[a-z]{3}$/),
  status: z.string(),
  metadata: z.object({ reference: z.string().optional() }),
});

const states: Readonly<Partial<Record<Stripe.PaymentIntent.Status, ProviderState>>> = {
  requires_action: 'requires_action',
  requires_capture: 'authorized',
  succeeded: 'captured',
  canceled: 'voided',
  requires_payment_method: 'declined',
};

/**
 * Card payments through Stripe's own library. Retries are ours, so its own are off. Making an intent is
 * repeated under one idempotency key. Capture and cancel need none, as an intent ends once and a second call
 * is answered with how it ended; under a key Stripe would repeat a stored 500 for a day
 * (https://docs.stripe.com/api/idempotent_requests). Stripe learns our payment id and the amount, nothing
 * about the person.
 */
export class StripePaymentGateway extends PaymentGateway {
  readonly provider = 'stripe';
  readonly methods: readonly PaymentMethod[] = ['card', 'sepa_debit'];
  private readonly stripe: Stripe;

  constructor(private readonly options: StripeOptions) {
    super();
    const url = new URL(options.baseUrl);
    this.stripe = new Stripe(options.secretKey, {
      host: url.hostname,
      protocol: url.protocol === 'http:' ? 'http' : 'https',
      ...(url.port !== '' && { port: url.port }),
      timeout: options.timeoutMs,
      maxNetworkRetries: 0,
      telemetry: false,
      ...(options.agents !== undefined && {
        httpAgent: url.protocol === 'http:' ? options.agents.httpAgent : options.agents.httpsAgent,
      }),
    });
  }

  async authorize(request: AuthorizationRequest): Promise<GatewayPayment> {
    const { paymentId, amount, method, methodToken } = request;
    const parameters: Stripe.PaymentIntentCreateParams = {
      amount: Number(amount.amountMinor),
      currency: amount.currency.toLowerCase(),
      capture_method: 'manual',
      confirm: true,
      payment_method: methodToken ?? defaultPaymentMethod,
      allowed_payment_method_types: [method],
      return_url: this.options.returnUrl,
      metadata: { reference: paymentId },
    };
    return this.ask(request, () =>
      this.stripe.paymentIntents.create(parameters, {
        idempotencyKey: `${paymentId}:authorize`,
      }),
    );
  }

  async capture(reference: PaymentReference): Promise<GatewayPayment> {
    const amount = { amount_to_capture: Number(reference.amount.amountMinor) };
    return this.ask(reference, async () =>
      this.stripe.paymentIntents.capture(await this.intentIdOf(reference), amount),
    );
  }

  async void(reference: PaymentReference): Promise<GatewayPayment> {
    return this.ask(reference, async () =>
      this.stripe.paymentIntents.cancel(await this.intentIdOf(reference)),
    );
  }

  async lookUp(reference: PaymentReference): Promise<GatewayPayment | undefined> {
    const intent = await this.translate(() => this.findIntent(reference));
    return intent && toGatewayPayment(intent, reference);
  }

  readWebhook({ body, headers }: WebhookRequest): GatewayEvent {
    // the library takes any JSON that is signed
    const { id, type, data } = parsed(
      webhookEvent,
      this.verified(body, headers['stripe-signature']),
    );
    const nothing = { paymentId: undefined, amount: undefined, state: undefined };
    if (data.object.object !== 'payment_intent') return { eventId: id, type, ...nothing };
    const { amount, currency, status, metadata } = parsed(webhookIntent, data.object);
    const { reference = '' } = metadata;
    return {
      eventId: id,
      type,
      paymentId: isIdOf('payment', reference) ? reference : undefined,
      amount: Money.of(amount, currency.toUpperCase() as CurrencyCode),
      state: states[status],
    };
  }

  private verified(body: Buffer, signature: string | string[] | undefined): Stripe.Event {
    try {
      const { webhookSecret } = this.options;
      return this.stripe.webhooks.constructEvent(
        body,
        signature ?? '',
        webhookSecret,
        webhookToleranceSeconds,
      );
    } catch {
      throw new DomainError('WEBHOOK_REFUSED', 'the signature does not match the body');
    }
  }

  private async intentIdOf(reference: PaymentReference): Promise<string> {
    const id = reference.providerReference ?? (await this.findIntent(reference))?.id;
    if (id !== undefined) return id;
    throw new OutcomeUnknownError(`Stripe does not show payment ${reference.paymentId} yet`);
  }

  /** By Stripe's id where we have it: its search lags behind its writes by up to a minute. */
  private async findIntent(reference: PaymentReference): Promise<Stripe.PaymentIntent | undefined> {
    if (reference.providerReference !== undefined) {
      return this.stripe.paymentIntents.retrieve(reference.providerReference);
    }
    const query = `metadata["reference"]:"${reference.paymentId}"`;
    return (await this.stripe.paymentIntents.search({ query, limit: 1 })).data[0];
  }

  private async ask(
    reference: PaymentReference,
    call: () => Promise<Stripe.PaymentIntent>,
  ): Promise<GatewayPayment> {
    return this.translate(async () => {
      try {
        return toGatewayPayment(await call(), reference);
      } catch (error) {
        const answer = refusedPayment(error, reference);
        if (answer === undefined) throw error;
        return answer;
      }
    });
  }

  /** What is neither an answer nor a refusal leaves the outcome open. */
  private async translate<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Stripe.errors.StripeAuthenticationError) {
        throw new Error('Stripe refuses our key', { cause: error });
      }
      if (!(error instanceof Stripe.errors.StripeError)) throw error;
      throw new OutcomeUnknownError(`Stripe did not say: ${error.type}`, { cause: error });
    }
  }
}

function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const { success, data } = schema.safeParse(value);
  if (success) return data;
  throw new DomainError('WEBHOOK_REFUSED', 'the event has no form we know');
}

/** A refusal that tells how the payment stands, or that it was never made; undefined for any other error. */
function refusedPayment(error: unknown, reference: PaymentReference): GatewayPayment | undefined {
  const { StripeCardError, StripeInvalidRequestError } = Stripe.errors;
  const isRefusal = error instanceof StripeCardError || error instanceof StripeInvalidRequestError;
  if (!isRefusal) return undefined;
  if (error.payment_intent !== undefined) return toGatewayPayment(error.payment_intent, reference);
  if (reference.providerReference !== undefined) return undefined;
  const declineCode = asCode(error.decline_code ?? error.code ?? 'request_refused');
  return { providerReference: undefined, state: 'declined', declineCode, actionUrl: undefined };
}

function toGatewayPayment(
  intent: Stripe.PaymentIntent,
  { paymentId, amount }: PaymentReference,
): GatewayPayment {
  const isOurs =
    intent.metadata['reference'] === paymentId &&
    BigInt(intent.amount) === amount.amountMinor &&
    intent.currency.toUpperCase() === amount.currency;
  if (!isOurs) throw new Error(`Stripe answers for another payment than ${paymentId}`);
  const state = states[intent.status];
  if (state === undefined) {
    throw new OutcomeUnknownError(`Stripe is at work on payment ${paymentId}`);
  }
  return {
    providerReference: intent.id,
    state,
    declineCode: state === 'declined' ? declineCodeOf(intent) : undefined,
    actionUrl: state === 'requires_action' ? actionUrlOf(intent) : undefined,
  };
}

const declineCodeOf = ({ last_payment_error: failure }: Stripe.PaymentIntent): string =>
  asCode(failure?.decline_code ?? failure?.code ?? 'declined');

const actionUrlOf = ({ next_action: action }: Stripe.PaymentIntent): string | undefined =>
  action?.redirect_to_url?.url ?? undefined;

const asCode = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, '_')
    .slice(0, 64);
