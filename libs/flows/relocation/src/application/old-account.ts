import type { Presence } from '@entrepot/identity';
import type { OfferedCopyView } from '@entrepot/contracts/api/privacy';
import type { ErasureRequestId } from '@entrepot/kernel';

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
}
