import type { PrivacyRequestId, SubjectId } from '@entrepot/kernel';
import type { Transaction } from '@entrepot/platform-database';
import type { PersonExport, StaffOrder } from '../domain/export.ts';

export interface NewExport {
  readonly id: PrivacyRequestId;
  readonly subject: SubjectId;
  readonly order: StaffOrder | undefined;
  readonly requestedAt: Date;
  readonly dueAt: Date;
  readonly expiresAt: Date;
  readonly passphrase: string;
  /** The secret in the link, where the person is to be sent it. */
  readonly link: string | undefined;
  /** SHA-256 of the secret in the link. */
  readonly tokenHash: Buffer;
}

/** A copy that is to be made, taken up by a worker. */
export interface ExportToMake {
  readonly id: PrivacyRequestId;
  readonly subject: SubjectId;
  readonly order: StaffOrder | undefined;
  readonly passphrase: string;
}

/** A copy that is ready, and of which its person was not told yet. */
export interface ExportToTell {
  readonly id: PrivacyRequestId;
  readonly subject: SubjectId;
  /** The secret in the link. */
  readonly link: string;
  readonly expiresAt: Date;
}

/** Copies; passphrase, link and archive are encrypted under the person's key on the way in and out. */
export abstract class ExportStore {
  /** Encrypts what is personal before the transaction that writes it. Throws SUBJECT_ERASED. */
  abstract prepare(fresh: NewExport): Promise<(tx: Transaction) => Promise<void>>;
  /** Undefined where the subject has no such export. */
  abstract find(id: PrivacyRequestId, subject: SubjectId): Promise<PersonExport | undefined>;
  /** The same for staff: only what this member of staff ordered. */
  abstract findOrdered(id: PrivacyRequestId, staff: string): Promise<PersonExport | undefined>;
  abstract listOf(subject: SubjectId): Promise<readonly PersonExport[]>;
  /**
   * Counts an attempt and answers what is to be made; undefined where it is made already, was tried too
   * often, or its person is being erased.
   */
  abstract takeUp(id: PrivacyRequestId): Promise<ExportToMake | undefined>;
  /** Puts the archive in the place of its passphrase; false where somebody else was faster. */
  abstract keep(made: ExportToMake, archive: Buffer): Promise<boolean>;
  /**
   * The archive behind a link, once: whoever comes second finds nothing, and so does whoever comes too late.
   */
  abstract redeem(tokenHash: Buffer): Promise<Buffer | undefined>;
  abstract waiting(limit: number): Promise<readonly PrivacyRequestId[]>;
  /** Undefined where there is nothing to tell, or nobody any more. */
  abstract findUntold(id: PrivacyRequestId): Promise<ExportToTell | undefined>;
  /** In the order of their ids, from after one of them on. */
  abstract untold(
    after: PrivacyRequestId | undefined,
    limit: number,
  ): Promise<readonly PrivacyRequestId[]>;
  /** Forgets the link. Doing it again changes nothing. */
  abstract noteTold(id: PrivacyRequestId): Promise<void>;
  /** Removes archives and passphrases whose time is over; answers how many. */
  abstract expire(limit: number): Promise<number>;
}
