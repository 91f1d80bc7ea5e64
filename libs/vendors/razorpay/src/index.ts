export { RazorpayPaymentGateway } from './razorpay-payment-gateway.ts';
export type { RazorpayOptions } from './razorpay-payment-gateway.ts';
export { razorpayFields } from './sent-fields.ts';
