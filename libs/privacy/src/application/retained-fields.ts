import type { ErasureRequestId, RetainedFieldId, StaffId } from '@entrepot/kernel';
import { CohortRecords } from '@entrepot/platform-crypto';
import type { Tombstone } from '@entrepot/platform-crypto';
import type { Cohort } from '../domain/cohort.ts';
import type { DataCategory } from '../domain/retention-rule.ts';

/** Why somebody reads a statutory record. */
export const readingPurposes = [
  'tax_return',
  'tax_audit',
  'credit_note',
  'legal_claim',
  'order_of_authority',
  'access_request',
] as const;
export type ReadingPurpose = (typeof readingPurposes)[number];

/** A field in the clear, on its way from the person's key to the cohort's. */
export interface ClearField {
  readonly field: string;
  /** Which of the person's rows of the store, from 1 on. */
  readonly ordinal: number;
  readonly text: string;
}

/** What of one store stays, and why. */
export interface StoreToKeep {
  readonly requestId: ErasureRequestId;
  /** `schema.table`. */
  readonly store: string;
  readonly category: DataCategory;
  readonly cohort: Cohort;
}

/** A kept field as an officer reads it; a tombstone where its cohort has ended. */
export interface ReadField {
  readonly id: RetainedFieldId;
  readonly store: string;
  readonly field: string;
  readonly category: string;
  readonly law: string;
  readonly keepUntil: string | undefined;
  readonly text: string | Tombstone;
}

/** Fields of people who were erased, under the keys of cohorts. */
export abstract class RetainedFields extends CohortRecords {
  /** How many fields of a store are kept under the cohort already. */
  abstract keptOf(of: Pick<StoreToKeep, 'requestId' | 'store' | 'cohort'>): Promise<number>;
  /** Keeps all fields of a store in one statement; where some are kept under the cohort, nothing happens. */
  abstract keep(of: StoreToKeep, fields: readonly ClearField[]): Promise<void>;
  /** Notes who reads each of them, and why, in the statement that reads. Throws FORBIDDEN for the wrong role. */
  abstract read(
    requestId: ErasureRequestId,
    reading: { readonly reader: StaffId; readonly purpose: ReadingPurpose },
  ): Promise<ReadField[]>;
  /** Sets the end (ISO date) of what a closed case has kept. */
  abstract setEnd(cohort: string, endsOn: string): Promise<void>;
}
