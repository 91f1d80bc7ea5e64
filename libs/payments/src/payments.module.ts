import { Module } from '@nestjs/common';
import { PaymentWebhookRoute } from './api/payment-webhook.route.ts';
import { PaymentsPersonalData } from './adapters/payments-personal-data.ts';
import { PgPaymentStore } from './adapters/pg-payment-store.ts';
import { LookAtLateNewsUseCase } from './application/look-at-late-news.ts';
import { PaymentStore } from './application/payment-store.ts';
import { RecordPayment } from './application/record-payment.ts';
import { SettlePaymentUseCase } from './application/settle-payment.ts';
import { StartPaymentUseCase } from './application/start-payment.ts';
import { TakeWebhookUseCase } from './application/take-webhook.ts';

const providers = [
  { provide: PaymentStore, useClass: PgPaymentStore },
  LookAtLateNewsUseCase,
  PaymentsPersonalData,
  RecordPayment,
  SettlePaymentUseCase,
  StartPaymentUseCase,
  TakeWebhookUseCase,
];

/** Needs from the cell, provided globally: ShopDatabase, Outbox, PaymentGateway. */
@Module({
  providers,
  exports: [
    LookAtLateNewsUseCase,
    PaymentStore,
    PaymentsPersonalData,
    SettlePaymentUseCase,
    StartPaymentUseCase,
  ],
})
export class PaymentsModule {}

/** The API process adds the address to which the provider sends its webhooks. */
@Module({ providers: [...providers, PaymentWebhookRoute] })
export class PaymentWebhooksModule {}
