import type { ErasureRequestId, SubjectId } from '@entrepot/kernel';

/** A request whose person was not told yet that it is in. */
export interface OwedAcknowledgement {
  readonly id: ErasureRequestId;
  readonly subject: SubjectId;
  readonly dueAt: Date;
  /** When the letter was tried first. */
  readonly since: Date;
}

/** Letters of acknowledgement that no provider of mail has taken, of open requests before the fence. */
export abstract class OwedAcknowledgements {
  /** In the order of their ids, from after one of them on; without those that were given up. */
  abstract after(
    id: ErasureRequestId | undefined,
    limit: number,
  ): Promise<readonly OwedAcknowledgement[]>;
  /** Since when the oldest is owed, given up or not, in seconds; 0 where none is. */
  abstract oldestSeconds(): Promise<number>;
}
