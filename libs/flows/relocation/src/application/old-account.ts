import type { Presence } from '@entrepot/identity';
import type { ErasureRequestId } from '@entrepot/kernel';

/** The account that is left behind, as far as forgetting it goes: the erasure flow does the work. */
export abstract class OldAccount {
  /**
   * Asks for the erasure that the person could ask for by themselves; answers the open request where there is
   * one. Throws REAUTHENTICATION_REQUIRED and RATE_LIMITED.
   */
  abstract forget(presence: Presence): Promise<ErasureRequestId>;
}
