import type { PrivacyRequestId, StaffId, SubjectId } from '@entrepot/kernel';
import type { AccessPurpose, PrivacyClock } from '@entrepot/privacy';

/** How long a finished copy waits to be fetched. */
export const exportDays = 7;
/** How long a copy that nobody could make is tried. */
export const exportAttemptsMax = 5;

export const exportStatuses = ['requested', 'ready', 'downloaded', 'expired', 'failed'] as const;
export type ExportStatus = (typeof exportStatuses)[number];

/** Who of the staff asked for a copy, and why. It is written into the copy on every page. */
export interface StaffOrder {
  readonly staff: StaffId;
  readonly purpose: AccessPurpose;
}

/** A copy of everything about one person, on its way or fetched. */
export interface PersonExport extends PrivacyClock {
  readonly id: PrivacyRequestId;
  readonly subject: SubjectId;
  readonly status: ExportStatus;
  /** Undefined where the person asked. */
  readonly order: StaffOrder | undefined;
  readonly expiresAt: Date;
  readonly madeAt: Date | undefined;
  readonly downloadedAt: Date | undefined;
}

/** What whoever asked is told once and nobody can tell again. */
export interface ExportSecrets {
  /** Opens the archive. */
  readonly passphrase: string;
  /** The secret part of the link. */
  readonly token: string;
}
