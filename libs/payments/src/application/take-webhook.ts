import { paymentNoticed } from '@entrepot/contracts/events/payments';
import { ShopDatabase } from '@entrepot/platform-database';
import type { Transaction } from '@entrepot/platform-database';
import { Outbox } from '@entrepot/platform-messaging';
import { Injectable } from '@nestjs/common';
import { stateAfterSeen } from '../domain/payment.ts';
import type { Payment } from '../domain/payment.ts';
import { PaymentGateway } from './payment-gateway.ts';
import type { GatewayEvent, WebhookRequest } from './payment-gateway.ts';
import { PaymentStore } from './payment-store.ts';

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
    await this.database.unitOfWork(async (tx) => {
      // the payment's lock before the first write keeps its events in order
      const payment = await this.lockIfNews(tx, event);
      const isNew = await this.store.recordEvent(tx, this.gateway.provider, event);
      if (isNew && payment !== undefined) await this.tell(tx, payment);
    });
  }

  /** Most webhooks only repeat what the answer to our own call said: those need no lock and no notice. */
  private async lockIfNews(tx: Transaction, event: GatewayEvent): Promise<Payment | undefined> {
    if (event.paymentId === undefined) return undefined;
    const known = await this.store.findById(tx, event.paymentId);
    if (known === undefined || !isNews(known, event)) return undefined;
    return this.store.lockById(tx, known.id);
  }

  private async tell(tx: Transaction, payment: Payment): Promise<void> {
    const { id, orderId } = payment;
    const version = payment.version + 1;
    await this.store.save(tx, { ...payment, version });
    const body = { paymentId: id, orderId };
    await this.outbox.append(tx, [paymentNoticed.of(body, { aggregateVersion: version })]);
  }
}

/** Whether asking the provider could move the payment on; an event that names no state may mean anything. */
function isNews({ state }: Payment, seen: GatewayEvent): boolean {
  if (seen.state === undefined) return true;
  const next = stateAfterSeen(state, seen.state);
  return next !== undefined && next !== state;
}
