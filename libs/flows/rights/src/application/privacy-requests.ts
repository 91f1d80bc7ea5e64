import type { PrivacyRequestId, SubjectId } from '@entrepot/kernel';
import type { Transaction } from '@entrepot/platform-database';
import type { PrivacyClock } from '@entrepot/privacy';
import type { StaffOrder } from '../domain/export.ts';
import type { UntoldCorrection } from './correction-notices.ts';

export type PrivacyRequestKind = 'export' | 'rectification' | 'grievance';

export interface NewPrivacyRequest {
  readonly id: PrivacyRequestId;
  readonly subject: SubjectId;
  readonly kind: PrivacyRequestKind;
  readonly order: StaffOrder | undefined;
  readonly requestedAt: Date;
  readonly dueAt: Date;
}

/** An open request of whatever kind, erasures included. */
export interface OpenRequest extends PrivacyClock {
  readonly kind: PrivacyRequestKind | 'erasure';
}

/** A request as officers see it: it names nobody. */
export interface ListedRequest extends PrivacyClock {
  readonly id: PrivacyRequestId;
  readonly kind: PrivacyRequestKind;
  /** Undefined where the person asked. */
  readonly order: StaffOrder | undefined;
  readonly answeredAt: Date | undefined;
  /** Of a correction: when everybody outside had confirmed that they were told. */
  readonly toldAt: Date | undefined;
}

/** Where a page of the queue begins: behind this request. */
export interface QueuePlace {
  readonly isAnswered: boolean;
  /** When it was answered; when it is due, where nobody has. */
  readonly at: Date;
  readonly id: string;
}

/** Requests under the privacy law and their clocks. */
export abstract class PrivacyRequests {
  /** Throws SUBJECT_ERASED. */
  abstract insert(tx: Transaction, request: NewPrivacyRequest): Promise<void>;
  /** In the transaction that does what was asked for. */
  abstract answer(tx: Transaction, id: PrivacyRequestId, at: Date): Promise<void>;
  /** In the order of their ids, from after one of them on; of nobody who is fenced. */
  abstract untoldCorrections(
    after: PrivacyRequestId | undefined,
    limit: number,
  ): Promise<readonly UntoldCorrection[]>;
  abstract noteTold(id: PrivacyRequestId, at: Date): Promise<void>;
  /** Those that are open by when they are due, then those that were answered last. */
  abstract page(after: QueuePlace | undefined, limit: number): Promise<readonly ListedRequest[]>;
  abstract find(id: PrivacyRequestId): Promise<ListedRequest | undefined>;
  /** All that nobody has answered yet. */
  abstract open(): Promise<readonly OpenRequest[]>;
}
