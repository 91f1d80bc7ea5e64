export { PaymentsModule, PaymentWebhooksModule } from './payments.module.ts';
export { PaymentsPersonalData } from './adapters/payments-personal-data.ts';
export { PgPaymentStore } from './adapters/pg-payment-store.ts';
export { LookAtLateNewsUseCase } from './application/look-at-late-news.ts';
export { PaymentGateway } from './application/payment-gateway.ts';
export type {
  AuthorizationRequest,
  GatewayEvent,
  GatewayPayment,
  PaymentReference,
  WebhookRequest,
} from './application/payment-gateway.ts';
export { PaymentStore } from './application/payment-store.ts';
export { RecordPayment } from './application/record-payment.ts';
export { SettlePaymentUseCase } from './application/settle-payment.ts';
export { StartPaymentUseCase } from './application/start-payment.ts';
export type { StartPayment } from './application/start-payment.ts';
export { TakeWebhookUseCase } from './application/take-webhook.ts';
export { captureEntries, refundEntries } from './domain/ledger.ts';
export type { LedgerAccount, LedgerEntry } from './domain/ledger.ts';
export { paymentFactOf, paymentMethods, paymentStates, paymentTable } from './domain/payment.ts';
export type {
  Payment,
  PaymentFact,
  PaymentMethod,
  PaymentState,
  ProviderState,
} from './domain/payment.ts';
