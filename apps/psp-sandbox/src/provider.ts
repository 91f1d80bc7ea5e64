import { randomBytes } from 'node:crypto';
import type { Account } from './accounts.ts';
import type { Books } from './books.ts';
import { shareOf } from './faults.ts';
import type { FaultKind, Faults } from './faults.ts';
import { captured, declined, moved } from './payment.ts';
import type { Protocol, SandboxPayment } from './payment.ts';
import type { Webhooks } from './webhooks.ts';

export type ActionPolicy = 'half' | 'never' | 'always';

/** The connection is held and then cut; `done` is the payment where the effect has happened. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';

  constructor(
    readonly delayMs: number,
    readonly done: SandboxPayment | undefined,
  ) {
    super('the caller gets no answer');
  }
}

/** The provider answers 500 and has done nothing. */
export class ProviderBroke extends Error {
  override readonly name = 'ProviderBroke';
}

/** Test cards that always, or never, ask the shopper (docs.stripe.com/testing). */
const actionByCard: ReadonlyMap<string, boolean> = new Map([
  ['pm_card_visa', false],
  ['pm_card_threeDSecure2Required', true],
]);

export interface NewPayment {
  readonly account: Account;
  readonly protocol: Protocol;
  readonly reference: string;
  readonly orderId?: string | undefined;
  readonly amountMinor: number;
  readonly currency: string;
  readonly method: string;
  readonly card?: string | undefined;
  readonly returnUrl?: string | undefined;
}

/** What happens to payments, whichever protocol asks; every change is on disk before it is answered. */
export class Provider {
  constructor(
    readonly books: Books,
    private readonly faults: Faults,
    private readonly webhooks: Webhooks,
    private readonly action: ActionPolicy,
  ) {}

  async create(order: NewPayment): Promise<SandboxPayment> {
    const prefix = order.protocol === 'stripe' ? 'pi_' : 'pay_';
    const payment: SandboxPayment = {
      id: prefix + randomBytes(12).toString('hex'),
      account: order.account.name,
      protocol: order.protocol,
      reference: order.reference,
      orderId: order.orderId,
      amountMinor: order.amountMinor,
      currency: order.currency,
      method: order.method,
      card: order.card,
      state: 'created',
      capturedMinor: 0,
      refundedMinor: 0,
      declineCode: undefined,
      returnUrl: order.returnUrl,
      createdAt: Math.floor(Date.now() / 1_000),
    };
    await this.books.record({ kind: 'payment', payment });
    return payment;
  }

  /** Throws before anything is created, so that a retry meets a clean table. */
  refuseEarly(reference: string): void {
    if (this.faults.take('error_before_authorize', reference)) throw new ProviderBroke();
    this.timeOut('timeout_before_authorize', reference);
  }

  /** Decline, ask the shopper, or reserve the money. */
  async authorize(payment: SandboxPayment): Promise<SandboxPayment> {
    const { reference } = payment;
    const authorized = this.faults.take('decline', reference)
      ? await this.save(declined(payment, 'generic_decline'))
      : await this.save(
          moved(payment, this.needsAction(payment) ? 'requires_action' : 'authorized'),
        );
    this.timeOut('timeout_after_authorize', reference, authorized);
    return authorized;
  }

  /** The shopper approves or refuses on the provider's page; a second visit changes nothing. */
  async act(payment: SandboxPayment, approves: boolean): Promise<SandboxPayment> {
    if (payment.state !== 'requires_action') return payment;
    return this.save(
      approves ? moved(payment, 'authorized') : declined(payment, 'authentication_failed'),
    );
  }

  async capture(payment: SandboxPayment, amountMinor: number): Promise<SandboxPayment> {
    const { reference } = payment;
    if (this.faults.take('error_before_capture', reference)) throw new ProviderBroke();
    this.timeOut('timeout_before_capture', reference);
    const done = await this.save(captured(payment, amountMinor));
    this.timeOut('timeout_after_capture', reference, done);
    return done;
  }

  cancel(payment: SandboxPayment): Promise<SandboxPayment> {
    return this.save(moved(payment, 'canceled'));
  }

  async refund(payment: SandboxPayment, amountMinor: number): Promise<SandboxPayment> {
    const refunded = { ...payment, refundedMinor: payment.refundedMinor + amountMinor };
    await this.books.record({ kind: 'payment', payment: refunded });
    return refunded;
  }

  private async save(payment: SandboxPayment): Promise<SandboxPayment> {
    await this.books.record({ kind: 'payment', payment });
    if (payment.state !== 'created') this.webhooks.announce(payment.state, payment);
    return payment;
  }

  private timeOut(kind: FaultKind, reference: string, done?: SandboxPayment): void {
    const fault = this.faults.take(kind, reference);
    if (fault !== undefined) throw new TimedOut(fault.delayMs, done);
  }

  private needsAction({ reference, card = '' }: SandboxPayment): boolean {
    if (this.faults.take('action', reference)) return true;
    if (this.faults.take('no_action', reference) || this.action === 'never') return false;
    return this.action === 'always' || (actionByCard.get(card) ?? shareOf(reference) < 0.5);
  }
}
