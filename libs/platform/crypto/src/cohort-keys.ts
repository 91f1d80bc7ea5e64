import type { Branded } from '@entrepot/kernel';
import type { Tombstone } from './tombstone.ts';
import type { WrappingKey } from './wrapping-key.ts';

/**
 * Records that end together and share a key: `FISCAL_<books>_<year>`, `RETAIN_<region>_<law>_<month>`,
 * `HOLD_<case>`.
 */
export type CohortName = Branded<'CohortName'>;

export const cohortPattern =
  /^(?:FISCAL_[a-z][a-z0-9-]{0,39}_\d{4}|RETAIN_[a-z]{2}_[a-z][a-z0-9-]{0,39}_\d{4}-\d{2}|HOLD_[A-Z]{1,8}-\d{4}-\d{1,6})$/;

export const isCohortName = (text: string): text is CohortName => cohortPattern.test(text);

/** The keys of the records that a law or a case demands: they belong to no person and outlive all. */
export abstract class CohortKeys {
  /**
   * Runs work with the key of a cohort. The work is synchronous and keeps nothing of the key. A tombstone
   * once the cohort has ended. Throws `DomainError('UNAVAILABLE')` where the cohort is not made yet, or
   * neither the vault nor KMS answers.
   */
  abstract use<T>(cohort: CohortName, work: (key: WrappingKey) => T): Promise<T | Tombstone>;

  /**
   * The same with a key that is fetched for this use only: the vault and KMS are asked whether the cohort
   * still stands, and KMS has the use in its log.
   */
  abstract useOnce<T>(cohort: CohortName, work: (key: WrappingKey) => T): Promise<T | Tombstone>;
}
