import type { PrivacyRequestId, SubjectId } from '@entrepot/kernel';

/** A correction that is made, and of which not every recipient has confirmed that it was told. */
export interface UntoldCorrection {
  readonly requestId: PrivacyRequestId;
  readonly subject: SubjectId;
}

/** Tells everybody outside who has the person's data that something was corrected (GDPR Article 19). */
export abstract class CorrectionNotices {
  /** Whether each of them has confirmed it by now. Telling again is harmless. Throws where people have to look. */
  abstract execute(correction: UntoldCorrection): Promise<boolean>;
}
