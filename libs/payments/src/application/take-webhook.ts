import { paymentNoticed } from '@entrepot/contracts/events/payments';
import type { PaymentId } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import type { Transaction } from '@entrepot/platform-database';
import { Outbox } from '@entrepot/platform-messaging';
import { Injectable } from '@nestjs/common';
import { PaymentGateway } from './payment-gateway.ts';
import type { WebhookRequest } from './payment-gateway.ts';
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
      const notice = event.paymentId && (await this.noticeOf(tx, event.paymentId));
      const isNew = await this.store.recordEvent(tx, this.gateway.provider, event);
      if (isNew && notice !== undefined) await notice();
    });
  }

  private async noticeOf(
    tx: Transaction,
    id: PaymentId,
  ): Promise<(() => Promise<void>) | undefined> {
    const payment = await this.store.lockById(tx, id);
    if (payment === undefined) return undefined;
    const version = payment.version + 1;
    const body = { paymentId: id, orderId: payment.orderId };
    return async () => {
      await this.store.save(tx, { ...payment, version });
      await this.outbox.append(tx, [paymentNoticed.of(body, { aggregateVersion: version })]);
    };
  }
}
