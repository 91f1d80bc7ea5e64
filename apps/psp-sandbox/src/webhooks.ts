import { createHmac, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { loopbackLookup } from '@entrepot/platform-config';
import type { Account, Accounts } from './accounts.ts';
import type { Faults } from './faults.ts';
import type { SandboxPayment } from './payment.ts';
import { razorpayPayment } from './razorpay-shapes.ts';
import { stripeIntent } from './stripe-shapes.ts';

const deliveryTimeoutMs = 10_000;
const retryDelaysMs = [500, 2_000, 10_000, 60_000];
/** A reordered event waits for the next one, but not for ever. */
const heldMs = 1_000;

export type EventType = 'authorized' | 'captured' | 'failed' | 'canceled' | 'requires_action';

const stripeTypes: Readonly<Record<EventType, string>> = {
  authorized: 'payment_intent.amount_capturable_updated',
  captured: 'payment_intent.succeeded',
  failed: 'payment_intent.payment_failed',
  canceled: 'payment_intent.canceled',
  requires_action: 'payment_intent.requires_action',
};
const razorpayTypes: Partial<Record<EventType, string>> = {
  authorized: 'payment.authorized',
  captured: 'payment.captured',
  failed: 'payment.failed',
};

interface Delivery {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Tells merchants what happened, signed as the provider signs, again and again until they answer 2xx. */
export class Webhooks {
  private readonly held = new Map<string, () => void>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private isClosed = false;

  constructor(
    private readonly accounts: Accounts,
    private readonly faults: Faults,
    private readonly origin: () => string,
  ) {}

  announce(type: EventType, payment: SandboxPayment): void {
    const account = this.accounts.named(payment.account);
    const delivery = account && this.compose(account, type, payment);
    if (delivery === undefined || this.faults.take('webhook_lost', payment.reference)) return;
    const late = this.faults.take('webhook_late', payment.reference);
    const send = (): void => this.send(delivery, 0);
    if (late !== undefined) this.after(late.delayMs, send);
    else if (this.faults.take('webhook_reordered', payment.reference)) {
      this.hold(payment.account, send);
    } else {
      send();
      this.release(payment.account);
    }
    if (this.faults.take('webhook_twice', payment.reference)) this.after(50, send);
  }

  close(): void {
    this.isClosed = true;
    for (const timer of this.timers) clearTimeout(timer);
  }

  private compose(
    account: Account,
    type: EventType,
    payment: SandboxPayment,
  ): Delivery | undefined {
    const { webhookUrl: url, webhookSecret } = account;
    if (url === undefined) return undefined;
    const now = Math.floor(Date.now() / 1_000);
    if (payment.protocol === 'stripe') {
      const body = JSON.stringify({
        id: `evt_${randomBytes(12).toString('hex')}`,
        object: 'event',
        created: now,
        livemode: false,
        type: stripeTypes[type],
        data: { object: stripeIntent(payment, this.origin()) },
      });
      const signature = hmac(webhookSecret, `${now}.${body}`);
      return { url, body, headers: { 'stripe-signature': `t=${now},v1=${signature}` } };
    }
    const event = razorpayTypes[type];
    if (event === undefined) return undefined;
    const body = JSON.stringify({
      entity: 'event',
      account_id: `acc_${account.name}`,
      event,
      contains: ['payment'],
      payload: { payment: { entity: razorpayPayment(payment) } },
      created_at: now,
    });
    const headers = {
      'x-razorpay-signature': hmac(webhookSecret, body),
      'x-razorpay-event-id': randomBytes(10).toString('hex'),
    };
    return { url, body, headers };
  }

  private hold(account: string, send: () => void): void {
    this.release(account);
    this.held.set(account, send);
    this.after(heldMs, () => this.release(account));
  }

  private release(account: string): void {
    const send = this.held.get(account);
    this.held.delete(account);
    send?.();
  }

  private send(delivery: Delivery, attempt: number): void {
    const retry = (): void => {
      const delay = retryDelaysMs[attempt];
      if (delay !== undefined) this.after(delay, () => this.send(delivery, attempt + 1));
    };
    post(delivery, (status) => {
      if (status === undefined || status < 200 || status > 299) retry();
    });
  }

  private after(delayMs: number, work: () => void): void {
    if (this.isClosed) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      if (!this.isClosed) work();
    }, delayMs);
    this.timers.add(timer.unref());
  }
}

const hmac = (secret: string, text: string): string =>
  createHmac('sha256', secret).update(text).digest('hex');

/** Calls back once: with the status, or undefined when nothing came back. */
function post({ url, body, headers }: Delivery, done: (status: number | undefined) => void): void {
  const open = url.startsWith('https:') ? httpsRequest : httpRequest;
  const request = open(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    lookup: loopbackLookup,
    timeout: deliveryTimeoutMs,
  });
  request.once('response', (response) => {
    response.resume();
    done(response.statusCode);
  });
  request.once('timeout', () => request.destroy(new Error('no answer in time')));
  request.once('error', () => done(undefined));
  request.end(body);
}
