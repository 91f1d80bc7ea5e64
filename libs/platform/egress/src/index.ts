export { cellCallCrossing, inspectCellCall } from './cell-call.ts';
export {
  CrossingRefusedError,
  inspectCrossing,
  inspectHeaders,
  inspectWord,
  mayCross,
} from './inspect-crossing.ts';
export type { Crossing, CrossingFault, CrossingHeaders, RandomMember } from './inspect-crossing.ts';
export { canaryMark, detectPersonal } from './value-detectors.ts';
export type { DetectorCode } from './value-detectors.ts';
export { addressKind } from './addresses.ts';
export type { AddressKind } from './addresses.ts';
export { Egress } from './egress.ts';
export type { Destination, EgressAgents } from './egress.ts';
export { exchange } from './exchange.ts';
export type { Exchange, ExchangeAnswer } from './exchange.ts';
export { joinFields, ofTheProtocol } from './sent-fields.ts';
export type { SentFields } from './sent-fields.ts';
export { EgressList, EgressRefusedError } from './egress-list.ts';
export type { EgressFault, EgressHost, EgressListOptions, EgressPurpose } from './egress-list.ts';
