export { canonicalJson } from './fingerprint.ts';
export {
  IdempotencyKeyHeader,
  NeedsIdempotencyKey,
  parseIdempotencyKey,
  replayedHeader,
} from './idempotency-key.ts';
export type { IdempotencyKey } from './idempotency-key.ts';
export { IdempotencyPersonalData } from './idempotency-personal-data.ts';
export { IdempotencyRegister, retentionDays } from './idempotency-register.ts';
export type { ClaimRequest, SealedClaim } from './idempotency-register.ts';
