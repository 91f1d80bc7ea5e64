export { backUpCell } from './back-up-cell.ts';
export { kafkaStoreOf, postgresStoreOf } from './cell-stores.ts';
export {
  changeLink,
  delayLink,
  killService,
  readStatus,
  recordLink,
  silenceLink,
} from './control-client.ts';
export type { StackStatus } from './control-client.ts';
export { defaultHistory } from './verbs/audit.ts';
export { storesOf } from './residency/scanned-stores.ts';
export { StackFaults } from './stack-faults.ts';
export { seedStock } from './stock-seeding.ts';
export { verifyErasures } from './verification/verify-erasures.ts';
export type { VerifiedRequest } from './verification/verify-erasures.ts';
