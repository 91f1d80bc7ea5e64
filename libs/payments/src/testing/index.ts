export { describeGateway } from './payment-gateway.contract.ts';
export type { GatewayContract } from './payment-gateway.contract.ts';
export { ProviderSandbox } from './provider-sandbox.ts';
export type { BookedCapture, ReceivedWebhook, SandboxAddress } from './provider-sandbox.ts';
