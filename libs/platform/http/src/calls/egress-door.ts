export { EgressClient, EgressRefusedError } from './egress-client.ts';
export type { EgressAnswer, EgressCall, EgressOptions, EgressRefusal } from './egress-client.ts';
