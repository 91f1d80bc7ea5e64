import type { CellId, ErasureRequestId, RelocationId, SubjectId } from '@entrepot/kernel';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** How long the new home takes a packet: whoever moves sits at both ends. */
export const packetLifetimeMs = 30 * minuteMs;
/** How long the old home takes a receipt: the account there is as it was meanwhile. */
export const receiptLifetimeMs = 7 * dayMs;

/** As the row has it; that its time is over, nobody has to write. */
export type DepartureStatus = 'issued' | 'completed' | 'voided' | 'withdrawn';
export type RelocationState = DepartureStatus | 'expired';

/** A move out of this cell. */
export interface Departure {
  readonly id: RelocationId;
  readonly subject: SubjectId;
  readonly to: CellId;
  readonly status: DepartureStatus;
  readonly issuedAt: Date;
  /** Of the packet. */
  readonly expiresAt: Date;
  readonly completedAt: Date | undefined;
  readonly erasureRequest: ErasureRequestId | undefined;
}

/** A packet that nobody can bring a receipt for any more is over. */
export function stateOf({ status, expiresAt }: Departure, at: Date): RelocationState {
  if (status !== 'issued') return status;
  const closesAt = expiresAt.getTime() + receiptLifetimeMs;
  return at.getTime() > closesAt ? 'expired' : 'issued';
}
