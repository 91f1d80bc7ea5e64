import type { PrivacyRequestId, SubjectId } from '@entrepot/kernel';

export interface RectificationNotice {
  readonly requestId: PrivacyRequestId;
  readonly subject: SubjectId;
  /** What changed; never the values. A recipient that needs them asks for them. */
  readonly fields: readonly string[];
}

/** Tells everybody who received what was corrected (GDPR Article 19). */
export abstract class RecipientNotices {
  /** Telling again under the same request is harmless. */
  abstract rectified(notice: RectificationNotice): Promise<void>;
}

/** No recipient of this cell holds a field that can be corrected here: providers get our references only. */
export class NoRecipientHoldsIt extends RecipientNotices {
  override rectified(): Promise<void> {
    return Promise.resolve();
  }
}
