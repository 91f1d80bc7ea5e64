import type { ErasureRequestId, RelocationId, SubjectId } from '@entrepot/kernel';
import type { Departure } from '../domain/relocation.ts';

export type NewDeparture = Pick<Departure, 'id' | 'subject' | 'to' | 'issuedAt' | 'expiresAt'>;

/** Moves out of this cell. */
export abstract class Departures {
  /**
   * Voids the open one of the person, if there is one. Throws SUBJECT_ERASED, ACCOUNT_RESTRICTED and, where two
   * are begun at once, REQUEST_IN_FLIGHT.
   */
  abstract open(departure: NewDeparture): Promise<void>;
  /** Undefined where the person has no such relocation. */
  abstract find(id: RelocationId, subject: SubjectId): Promise<Departure | undefined>;
  /** False where it is not open any more. */
  abstract withdraw(id: RelocationId): Promise<boolean>;
  /** False where it is not open any more. */
  abstract complete(
    id: RelocationId,
    by: { request: ErasureRequestId; at: Date },
  ): Promise<boolean>;
}
