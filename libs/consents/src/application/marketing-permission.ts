import type { SubjectId } from '@entrepot/kernel';
import type { ConsentPurpose } from '../domain/consent-text.ts';

export interface MarketingQuestion {
  readonly subject: SubjectId;
  readonly purpose: ConsentPurpose;
  /** Of the address that is to be written to. */
  readonly digest: Buffer;
}

/**
 * Whether somebody may be written to now: a consent holds, no objection stands, and their data may be used. It is the one way to
 * ask, and it asks the database each time: an answer is not kept, so a withdrawal counts for the next
 * message whatever was queued before.
 */
export abstract class MarketingPermission {
  abstract isGiven(question: MarketingQuestion): Promise<boolean>;
}
