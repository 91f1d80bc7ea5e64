import type { StaffId, SubjectId } from '@entrepot/kernel';
import type { ConsentPurpose } from './consent-text.ts';

/** Where the person was asked. */
export const consentSurfaces = ['web', 'app', 'support'] as const;
export type ConsentSurface = (typeof consentSurfaces)[number];

/** One decision as the ledger has it (GDPR Article 7(1)). */
export interface ConsentEntry {
  readonly subject: SubjectId;
  readonly purpose: ConsentPurpose;
  readonly isGranted: boolean;
  readonly textVersion: number;
  readonly textHash: Buffer;
  readonly locale: string;
  readonly surface: ConsentSurface;
  /** The person, or the member of staff who wrote down what the person said. */
  readonly actor: 'subject' | StaffId;
}

export interface DatedConsent extends ConsentEntry {
  readonly seq: number;
  readonly decidedAt: Date;
}
