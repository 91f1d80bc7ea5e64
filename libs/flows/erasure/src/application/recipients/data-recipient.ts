import type { NoticeProof } from '@entrepot/privacy';

/** What a processor is asked to do, under a name that it takes once. */
export interface RecipientRequest {
  readonly reference: string;
  /** Erasure (GDPR Article 17) or rectification (Article 16), of which Article 19 wants processors told. */
  readonly type: 'erasure' | 'rectification';
  /** By what the processor knows the person. Never logged, never stored in the clear. */
  readonly identities: readonly string[];
  readonly submittedAt: Date;
}

/** Where a request is; only a completed one carries proof that is kept. */
export type RecipientStatus =
  | { readonly status: 'pending' | 'in_progress' | 'cancelled' }
  | { readonly status: 'completed'; readonly proof: NoticeProof };

/** Nothing came back, or that it is broken: asking again is safe and may help. */
export class RecipientSilentError extends Error {
  override readonly name = 'RecipientSilentError';
}

export type RecipientFault = 'ERASURE_RECIPIENT_UNPROVEN' | 'ERASURE_RECIPIENT_REFUSED';

/** What came back proves nothing, or refuses: people have to look. The message names no person. */
export class RecipientFaultError extends Error {
  override readonly name = 'RecipientFaultError';
  readonly code: RecipientFault;

  constructor(code: RecipientFault, message: string) {
    super(message);
    this.code = code;
  }
}

/** A processor outside of the cell. Both calls throw RecipientSilentError and RecipientFaultError. */
export abstract class DataRecipient {
  /** Doing it again under the same reference changes nothing. */
  abstract requestErasure(request: RecipientRequest): Promise<void>;
  /** Undefined where the processor knows no request of this name. */
  abstract statusOf(reference: string): Promise<RecipientStatus | undefined>;
}
