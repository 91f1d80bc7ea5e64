export { RazorpayPaymentGateway } from './razorpay-payment-gateway.ts';
export type { RazorpayOptions } from './razorpay-payment-gateway.ts';
