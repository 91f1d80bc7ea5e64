import type { Presence } from '@entrepot/identity';
import type { OfferedCopyView } from '@entrepot/contracts/api/privacy';
import type { ErasureRequestId, SubjectId } from '@entrepot/kernel';

export interface ForgottenAccount {
  readonly request: ErasureRequestId;
  /** Undefined where the person was offered one before. */
  readonly copy: OfferedCopyView | undefined;
}

/** The account that is left behind, as far as forgetting it goes: the erasure flow does the work. */
export abstract class OldAccount {
  /**
   * Asks for the erasure that the person could ask for by themselves; answers the open request where there is
   * one. Throws REAUTHENTICATION_REQUIRED and RATE_LIMITED.
   */
  abstract forget(presence: Presence): Promise<ForgottenAccount>;
  /** Whether an erasure of the person is open that somebody asked for who has shown that they may. */
  abstract isBeingForgotten(subject: SubjectId): Promise<boolean>;
  /** Takes the request of a person who stays back. Throws ERASURE_STATE_FORBIDS past the point of no return. */
  abstract keep(request: ErasureRequestId, subject: SubjectId): Promise<void>;
}
