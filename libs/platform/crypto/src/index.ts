export { BlindIndexKey, InnerIndexKey, normaliseLogin } from './blind-index.ts';
export {
  CiphertextRejectedError,
  ciphertextOf,
  readCiphertext,
  unlessRejected,
} from './ciphertext.ts';
export type { Ciphertext, CiphertextParts } from './ciphertext.ts';
export { CohortCipher } from './cohort-cipher.ts';
export type { CohortCiphertext, RecordPlace } from './cohort-cipher.ts';
export { CohortKeys, cohortPattern, isCohortName } from './cohort-keys.ts';
export type { CohortName } from './cohort-keys.ts';
export { CohortRecords } from './cohort-records.ts';
export { FenceWatch } from './fence-watch.ts';
export { FieldCipher } from './field-cipher.ts';
export type { RowPlace } from './field-cipher.ts';
export {
  isOfUnknownSubject,
  isRefusedByFence,
  isRefusedByRestriction,
} from './refused-by-fence.ts';
export { hashOfSecret, isSameSecret } from './secrets.ts';
export type { FormerDataKey } from './subject-key.ts';
export { SubjectKey } from './subject-key.ts';
export { defaultCacheLimits, SubjectKeyCache } from './subject-key-cache.ts';
export type { SubjectKeyCacheLimits } from './subject-key-cache.ts';
export { SubjectKeys } from './subject-keys.ts';
export type { KeyNeed } from './subject-keys.ts';
export { SubjectVault } from './subject-vault.ts';
export type { Login, LoginAudience, VaultEntry } from './subject-vault.ts';
export { isTombstone, Tombstone } from './tombstone.ts';
export { WrappingKey, wrappedBytes } from './wrapping-key.ts';
