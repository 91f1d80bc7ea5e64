import type { OrderId, StaffId } from '@entrepot/kernel';
import type { Queryable, Transaction } from '@entrepot/platform-database';
import type { PoolId } from '../../domain/pool.ts';
import type { Reservation } from '../../domain/reservation.ts';

export type CaseKind = 'AT_RISK_UNITS' | 'SUSPENDED_UNITS' | 'OWED_UNITS' | 'FORGOTTEN_SALE';
export type CaseDecision =
  'counted' | 'settled' | 'kept' | 'cancelled' | 'substituted' | 'back-ordered';

/** What a recovery could not settle by itself. */
export interface RecoveryCase {
  readonly seq: number;
  /** Of the recovery that found it. */
  readonly epoch: number;
  readonly kind: CaseKind;
  readonly pool: PoolId;
  /** A reservation, a lost cell or the pool, by the kind. */
  readonly reference: string;
  readonly quantity: number;
  /** Of a forgotten sale. */
  readonly order: OrderId | null;
  readonly openedAt: Date;
  readonly decision: CaseDecision | null;
  readonly decidedBy: StaffId | null;
  readonly decidedAt: Date | null;
}

/** Units of the pool of a case that are still suspended or owed, and the reservation of a forgotten sale as it is now. */
export interface CaseStanding {
  readonly suspense: number;
  readonly deficit: number;
  readonly reservation: Omit<Reservation, 'expiresAt'> | undefined;
}

/** The queue of cases for people. */
export abstract class RecoveryCases {
  /** Oldest first. */
  abstract page(of: {
    readonly isDecided: boolean;
    readonly after: number | undefined;
    readonly limit: number;
  }): Promise<RecoveryCase[]>;
  abstract find(database: Queryable, seq: number): Promise<RecoveryCase | undefined>;
  /** Nobody else decides it before the transaction ends. */
  abstract lock(tx: Transaction, seq: number): Promise<RecoveryCase | undefined>;
  abstract standingOf(tx: Transaction, found: RecoveryCase): Promise<CaseStanding>;
  abstract decide(
    tx: Transaction,
    seq: number,
    decision: { readonly decision: CaseDecision; readonly by: StaffId },
  ): Promise<void>;
}
