export { DeskFaults, deskFault } from './desk-faults.ts';
export type { DeskFault, DeskFaultKind } from './desk-faults.ts';
export { ErasureDesk } from './erasure-desk.ts';
export type { DeskController, ErasureDeskOptions } from './erasure-desk.ts';
