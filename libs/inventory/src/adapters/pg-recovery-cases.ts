import type { StaffId } from '@entrepot/kernel';
import { statement, type Queryable, type Transaction } from '@entrepot/platform-database';
import {
  RecoveryCases,
  type CaseDecision,
  type CaseStanding,
  type RecoveryCase,
} from '../application/recovery/recovery-cases.ts';

const reservationOf = `LEFT JOIN inventory.reservation r ON r.reservation_id =
  CASE c.kind WHEN 'FORGOTTEN_SALE' THEN c.reference::uuid END`;
const columns = `c.seq, c.epoch, c.kind, c.pool_id AS pool, c.reference, c.quantity,
  r.order_id AS "order", c.opened_at AS "openedAt", c.decision, c.decided_by AS "decidedBy",
  c.decided_at AS "decidedAt"`;

const pageOfOpen = statement(
  'inventory.page_open_recovery_cases',
  `SELECT ${columns} FROM inventory.recovery_case c ${reservationOf}
   WHERE c.decided_at IS NULL AND c.seq > $1 ORDER BY c.seq LIMIT $2`,
);
const pageOfDecided = statement(
  'inventory.page_decided_recovery_cases',
  `SELECT ${columns} FROM inventory.recovery_case c ${reservationOf}
   WHERE c.decided_at IS NOT NULL AND c.seq > $1 ORDER BY c.seq LIMIT $2`,
);
const find = statement(
  'inventory.find_recovery_case',
  `SELECT ${columns} FROM inventory.recovery_case c ${reservationOf} WHERE c.seq = $1`,
);
const lock = statement(
  'inventory.lock_recovery_case',
  'SELECT FROM inventory.recovery_case WHERE seq = $1 FOR UPDATE',
);
const findStanding = statement(
  'inventory.standing_of_recovery_case',
  `SELECT e.suspense, e.deficit,
     (SELECT jsonb_build_object('id', r.reservation_id, 'pool', r.pool_id, 'order', r.order_id,
        'quantity', r.quantity, 'state', r.state)
      FROM inventory.reservation r WHERE r.reservation_id = $2) AS reservation
   FROM inventory.escrow e WHERE e.pool_id = $1 AND e.stripe = 0`,
);
const decide = statement(
  'inventory.decide_recovery_case',
  `UPDATE inventory.recovery_case SET decision = $2, decided_by = $3, decided_at = now()
   WHERE seq = $1 AND decided_at IS NULL`,
);

type Row = Omit<RecoveryCase, 'seq' | 'quantity'> & {
  readonly seq: bigint;
  readonly quantity: bigint;
};

const caseOf = (row: Row): RecoveryCase => ({
  ...row,
  seq: Number(row.seq),
  quantity: Number(row.quantity),
});

/** The queue in PostgreSQL; the recovery itself puts cases in, as it ends. */
export class PgRecoveryCases extends RecoveryCases {
  constructor(private readonly database: Queryable) {
    super();
  }

  async page({
    isDecided,
    after,
    limit,
  }: {
    readonly isDecided: boolean;
    readonly after: number | undefined;
    readonly limit: number;
  }): Promise<RecoveryCase[]> {
    const page = isDecided ? pageOfDecided : pageOfOpen;
    return (await this.database.query<Row>(page, [after ?? 0, limit])).map(caseOf);
  }

  async find(database: Queryable, seq: number): Promise<RecoveryCase | undefined> {
    const [row] = await database.query<Row>(find, [seq]);
    return row && caseOf(row);
  }

  async lock(tx: Transaction, seq: number): Promise<RecoveryCase | undefined> {
    await tx.query(lock, [seq]);
    return this.find(tx, seq);
  }

  async standingOf(
    tx: Transaction,
    { kind, pool, reference }: RecoveryCase,
  ): Promise<CaseStanding> {
    type Standing = {
      readonly suspense: bigint;
      readonly deficit: bigint;
      readonly reservation: NonNullable<CaseStanding['reservation']> | null;
    };
    const sale = kind === 'FORGOTTEN_SALE' ? reference : null;
    const [row] = await tx.query<Standing>(findStanding, [pool, sale]);
    if (row === undefined) throw new TypeError('a case is about a pool without books');
    const { suspense, deficit, reservation } = row;
    return {
      suspense: Number(suspense),
      deficit: Number(deficit),
      reservation: reservation ?? undefined,
    };
  }

  async decide(
    tx: Transaction,
    seq: number,
    { decision, by }: { readonly decision: CaseDecision; readonly by: StaffId },
  ): Promise<void> {
    await tx.execute(decide, [seq, decision, by]);
  }
}
