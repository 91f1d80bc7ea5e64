import type { CellId, StaffId } from '@entrepot/kernel';
import type { PoolId } from '../../domain/pool.ts';

export type Fence = 'ingress-closed' | 'credentials-revoked' | 'power-off' | 'destroyed';

/** Units of a pool that are taken back from a lost cell. */
export interface LostClaim {
  readonly pool: PoolId;
  readonly quantity: number;
}

export interface LostCell {
  readonly declaration: string;
  readonly peer: CellId;
  readonly fence: Fence;
  readonly proposedBy: StaffId;
  readonly proposedAt: Date;
  readonly approvedBy: StaffId | null;
  readonly approvedAt: Date | null;
  /** When the cell was heard again, in a later epoch. */
  readonly returnedAt: Date | null;
  readonly claims: readonly LostClaim[];
}

/**
 * What became of an approval: DECLARED, also by the same person before. LAPSED an hour after the proposal, TOO_MANY where
 * a claim takes more than the lost cell was given and did not give back.
 */
export type Declared =
  'DECLARED' | 'UNKNOWN' | 'SAME_PERSON' | 'DECLARED_BEFORE' | 'LAPSED' | 'TOO_MANY';

/** Cells that people say are lost. */
export abstract class LostCells {
  /** Pools that claims take more of than the peer was given and did not give back. */
  abstract findTooHigh(peer: CellId, claims: readonly LostClaim[]): Promise<PoolId[]>;
  /** Nothing is written where the declaration is known. */
  abstract propose(
    said: Pick<LostCell, 'declaration' | 'peer' | 'fence' | 'proposedBy' | 'claims'>,
  ): Promise<void>;
  /** Begins a recovery of this cell in the same commit. */
  abstract approve(declaration: string, approver: StaffId): Promise<Declared>;
  abstract find(declaration: string): Promise<LostCell | undefined>;
  /** Newest first. */
  abstract list(limit: number): Promise<LostCell[]>;
}
