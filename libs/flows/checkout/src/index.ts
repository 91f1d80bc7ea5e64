export { paymentNotices, paymentNoticesConsumer } from './adapters/payment-notices.consumer.ts';
export { CheckoutApiModule, CheckoutModule } from './checkout.module.ts';
export type { CheckoutDomains } from './checkout.module.ts';
export { CheckoutSettings } from './application/checkout-settings.ts';
export { HearOfPayment } from './application/hear-of-payment.ts';
export { ReconcileOrders } from './application/reconcile-orders.ts';
export type { Reconciled } from './application/reconcile-orders.ts';
