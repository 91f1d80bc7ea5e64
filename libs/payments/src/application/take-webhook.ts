import { paymentNoticed } from '@entrepot/contracts/events/payments';
import { DomainError } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import { Outbox } from '@entrepot/platform-messaging';
import { Injectable } from '@nestjs/common';
import { hasEndedUnpaid, paymentStates, stateAfterSeen } from '../domain/payment.ts';
import type { Payment, PaymentState } from '../domain/payment.ts';
import { PaymentGateway } from './payment-gateway.ts';
import type { GatewayEvent, WebhookRequest } from './payment-gateway.ts';
import { PaymentStore } from './payment-store.ts';

const eventIdForm = /^[A-Za-z0-9_-]{1,128}$/;
const eventTypeForm = /^[a-z0-9_.]{1,64}$/;
/** A call to the provider has ended by then, answered or not; in seconds. */
const answerSecondsMax = 12;

/**
 * Takes a webhook in: verified over its bytes, its few fields kept once, and told on. It changes no
 * payment: webhooks come doubled, late and out of order, so they only say when to ask the provider.
 */
@Injectable()
export class TakeWebhookUseCase {
  constructor(
    private readonly database: ShopDatabase,
    private readonly store: PaymentStore,
    private readonly gateway: PaymentGateway,
    private readonly outbox: Outbox,
  ) {}

  async execute(request: WebhookRequest): Promise<void> {
    const event = this.gateway.readWebhook(request);
    if (!eventIdForm.test(event.eventId) || !eventTypeForm.test(event.type)) {
      throw new DomainError('WEBHOOK_REFUSED', 'the event has no id or type that could be kept');
    }
    let isTakenIn = false;
    while (!isTakenIn) {
      const payment = await this.keepUnlessNews(event);
      isTakenIn = payment === undefined || (await this.tell(event, payment));
    }
  }

  /**
   * Most webhooks only repeat what the answer to our own call says, and come before it is written down:
   * whoever made the call goes on by itself.
   */
  private keepUnlessNews(event: GatewayEvent): Promise<Payment | undefined> {
    return this.store.recordUnlessNews(this.database, this.gateway.provider, event, {
      states: statesMovedBy(event),
      seconds: answerSecondsMax,
    });
  }

  /**
   * False where somebody changed the payment since it was read. Its new version is written first, so that
   * of two webhooks the one that comes second is told second.
   */
  private tell(event: GatewayEvent, payment: Payment): Promise<boolean> {
    return this.database.unitOfWork(async (tx) => {
      const version = payment.version + 1;
      const hasLateNews = hasEndedUnpaid(payment.state);
      if (!(await this.store.replace(tx, { ...payment, version, hasLateNews }))) return false;
      if (await this.store.recordEvent(tx, this.gateway.provider, event)) {
        const body = { paymentId: payment.id, orderId: payment.orderId };
        await this.outbox.append(tx, [paymentNoticed.of(body, { aggregateVersion: version })]);
      }
      return true;
    });
  }
}

/** Of a payment in these, asking the provider may say more; an event that names no state may mean anything. */
function statesMovedBy({ state: seen }: GatewayEvent): readonly PaymentState[] {
  if (seen === undefined) return paymentStates;
  return paymentStates.filter((state) => (stateAfterSeen(state, seen) ?? state) !== state);
}
