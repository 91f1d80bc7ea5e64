export { AwsKeyService } from './adapters/aws-key-service.ts';
export type { AwsKeyServiceOptions } from './adapters/aws-key-service.ts';
export { PrivacyPersonalData } from './adapters/privacy-personal-data.ts';
export { PrivacyModule } from './privacy.module.ts';
export type { PrivacyOptions } from './privacy.module.ts';
export { reservationMinutesMax } from './application/sweep-reservations.ts';
export { ErasureStore } from './application/erasure-store.ts';
export type { ErasureStep, NewErasureRequest } from './application/erasure-store.ts';
export { Fences } from './application/fences.ts';
export type { KeyFate } from './application/fences.ts';
export { isErased, isFourEyed } from './domain/erasure-request.ts';
export type { ErasureOfficer, ErasureRequest, ErasureStatus } from './domain/erasure-request.ts';
export { openEraser } from './open-eraser.ts';
export type { Eraser, EraserParts } from './open-eraser.ts';
export {
  dataCategories,
  lawProblems,
  ruleInForce,
  storedCategories,
} from './domain/retention-rule.ts';
export type {
  DataCategory,
  RetentionLaw,
  RetentionPeriod,
  RetentionRule,
} from './domain/retention-rule.ts';
