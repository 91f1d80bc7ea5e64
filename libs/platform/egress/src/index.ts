export { cellCallCrossing, inspectCellCall } from './cell-call.ts';
export {
  CrossingRefusedError,
  inspectCrossing,
  inspectHeaders,
  inspectWord,
} from './inspect-crossing.ts';
export type { Crossing, CrossingFault, CrossingHeaders, RandomMember } from './inspect-crossing.ts';
export { canaryMark, detectPersonal } from './value-detectors.ts';
export type { DetectorCode } from './value-detectors.ts';
