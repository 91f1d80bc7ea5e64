import type { ErasureOutcome, ErasureRequestId, SubjectId } from '@entrepot/kernel';
import type { ErasureEventRecord } from '../domain/erasure-event.ts';
import type { ErasureRequest, ErasureStatus } from '../domain/erasure-request.ts';
import type { SignedApproval } from './signed-approvals.ts';

/** What one step did to one store; one that failed names why as `leftReason`. */
export interface ErasureStep extends ErasureOutcome {
  readonly step: string;
  readonly state: 'done' | 'failed';
  /** SHA-256 in hexadecimal of what somebody signed about it, where somebody did. */
  readonly evidenceDigest?: string;
}

/** Who changed a request, how and when: the event that is written with the change. */
export type ErasureChange = Pick<ErasureEventRecord, 'action' | 'actor' | 'at'> & {
  readonly detail?: string | undefined;
  /** What an officer signed, where the change is a signature. */
  readonly signature?: SignedApproval | undefined;
};

/** In the order of ids. */
export interface PageOfIds {
  /** The id before the first one; undefined for the beginning. */
  readonly after: ErasureRequestId | undefined;
  readonly rowsMax: number;
}

/** A part of all requests that processes have to bring on. */
export interface UnderWay extends PageOfIds {
  /** Those of which nothing is left to do but to wait for days for the end of a key; or all others. */
  readonly awaitsKeyEnd: boolean;
}

/** Requests to erase and what became of them, in the shop database. */
export abstract class ErasureStore {
  /** Answers false when a request about this person is open already. */
  abstract insert(request: ErasureRequest, change: ErasureChange): Promise<boolean>;
  abstract find(id: ErasureRequestId): Promise<ErasureRequest | undefined>;
  abstract findOpenOf(subject: SubjectId): Promise<ErasureRequest | undefined>;
  /** About one person, newest first. */
  abstract listOf(subject: SubjectId, rowsMax: number): Promise<ErasureRequest[]>;
  /** Newest first, from behind one of them on. */
  abstract page(
    after: { readonly requestedAt: Date; readonly id: string } | undefined,
    rowsMax: number,
  ): Promise<ErasureRequest[]>;
  /** Requests that processes, not people, have to bring on, in the order of their ids. */
  abstract underWay(part: UnderWay): Promise<ErasureRequestId[]>;
  abstract inStatus(status: ErasureStatus, rowsMax: number): Promise<ErasureRequest[]>;
  /**
   * Requests that wait to be verified, in the order of their ids, from behind one of them on: an operator's evidence may
   * be days away, so that the first ones stay.
   */
  abstract toVerify(page: PageOfIds): Promise<ErasureRequest[]>;
  /**
   * The same, and with them those that were verified and whose key's bytes still exist; also where the verification
   * failed, since better evidence has to be there before anybody tries again.
   */
  abstract openToEvidence(page: PageOfIds): Promise<ErasureRequest[]>;
  /** How long the request that waits longest to be verified has done so, in seconds; 0 where none does. */
  abstract oldestUnverifiedSeconds(): Promise<number>;
  /**
   * Writes the request and its event in one transaction; false when the stored one is no longer at the
   * version before, and then nothing is written. Throws ASSERTION_REPLAYED where its signature was given
   * before, and APPROVER_TOO_CLOSE.
   */
  abstract save(request: ErasureRequest, change: ErasureChange): Promise<boolean>;
  /** In their order. */
  abstract eventsOf(id: ErasureRequestId): Promise<ErasureEventRecord[]>;
  /**
   * All in one statement. Counts of a repeated step add up: what an attempt before a crash deleted is not lost.
   * Each step and store may be named once.
   */
  abstract recordSteps(id: ErasureRequestId, steps: readonly ErasureStep[]): Promise<void>;
  /** What was counted, not done: a repeated count takes the place of the last, the highest `matched` stays. */
  abstract recordMeasures(id: ErasureRequestId, measures: readonly ErasureStep[]): Promise<void>;
  abstract stepsOf(id: ErasureRequestId): Promise<ErasureStep[]>;
}

/** What whoever acts for a step outside of the database is told, so that it is done once. */
export const idempotencyKeyOf = (id: ErasureRequestId, step: string): string =>
  `erasure:${id}:${step}`;
