import type { CellId, StaffId } from '@entrepot/kernel';
import { statement, type Queryable } from '@entrepot/platform-database';
import {
  LostCells,
  type Declared,
  type LostCell,
  type LostClaim,
} from '../application/recovery/lost-cells.ts';
import type { PoolId } from '../domain/pool.ts';

/** Declaration and claims in one statement. */
const propose = statement(
  'inventory.propose_lost_cell',
  `WITH said AS (
     INSERT INTO inventory.lost_cell (declaration_id, peer, fence, proposed_by)
     VALUES ($1, $2, $3, $4) ON CONFLICT (declaration_id) DO NOTHING RETURNING declaration_id)
   INSERT INTO inventory.lost_cell_claim (declaration_id, pool_id, quantity)
   SELECT said.declaration_id, c.pool, c.quantity
   FROM said CROSS JOIN unnest($5::text[], $6::bigint[]) AS c(pool, quantity)`,
);
const findTooHigh = statement(
  'inventory.find_claims_too_high',
  `SELECT c.pool FROM unnest($2::text[], $3::bigint[]) AS c(pool, quantity)
   LEFT JOIN inventory.quota_channel q ON q.pool_id = c.pool AND q.peer = $1
   WHERE c.quantity > coalesce(q.granted_total - q.applied_total, 0)`,
);
const approve = statement(
  'inventory.declare_lost',
  'SELECT inventory.declare_lost($1, $2) AS declared',
);
const columns = `l.declaration_id AS declaration, l.peer, l.fence, l.proposed_by AS "proposedBy",
  l.proposed_at AS "proposedAt", l.approved_by AS "approvedBy", l.approved_at AS "approvedAt",
  l.returned_at AS "returnedAt",
  (SELECT coalesce(jsonb_agg(jsonb_build_object('pool', c.pool_id, 'quantity', c.quantity)
     ORDER BY c.pool_id), '[]')
   FROM inventory.lost_cell_claim c WHERE c.declaration_id = l.declaration_id) AS claims`;
const find = statement(
  'inventory.find_lost_cell',
  `SELECT ${columns} FROM inventory.lost_cell l WHERE l.declaration_id = $1`,
);
const list = statement(
  'inventory.list_lost_cells',
  `SELECT ${columns} FROM inventory.lost_cell l ORDER BY l.proposed_at DESC LIMIT $1`,
);

const columnsOf = (claims: readonly LostClaim[]): [PoolId[], number[]] => [
  claims.map(({ pool }) => pool),
  claims.map(({ quantity }) => quantity),
];

/** Declarations in PostgreSQL. */
export class PgLostCells extends LostCells {
  constructor(private readonly database: Queryable) {
    super();
  }

  async propose({
    declaration,
    peer,
    fence,
    proposedBy,
    claims,
  }: Pick<LostCell, 'declaration' | 'peer' | 'fence' | 'proposedBy' | 'claims'>): Promise<void> {
    const values = [declaration, peer, fence, proposedBy, ...columnsOf(claims)];
    await this.database.execute(propose, values);
  }

  async findTooHigh(peer: CellId, claims: readonly LostClaim[]): Promise<PoolId[]> {
    type Row = { readonly pool: PoolId };
    const rows = await this.database.query<Row>(findTooHigh, [peer, ...columnsOf(claims)]);
    return rows.map(({ pool }) => pool);
  }

  async approve(declaration: string, approver: StaffId): Promise<Declared> {
    type Row = { readonly declared: Declared };
    const [row] = await this.database.query<Row>(approve, [declaration, approver]);
    if (row === undefined) throw new TypeError('one row was expected');
    return row.declared;
  }

  async find(declaration: string): Promise<LostCell | undefined> {
    return (await this.database.query<LostCell>(find, [declaration]))[0];
  }

  list(limit: number): Promise<LostCell[]> {
    return this.database.query<LostCell>(list, [limit]);
  }
}
