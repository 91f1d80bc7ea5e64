import type { LostCellView, RecoveryCaseView } from '@entrepot/contracts/api/stock-recovery';
import type { LostCell } from '../application/recovery/lost-cells.ts';
import type { RecoveryCase } from '../application/recovery/recovery-cases.ts';
import { partsOf } from '../domain/pool.ts';

const textOf = (time: Date | null): string | null => time?.toISOString() ?? null;

export const lostCellViewOf = ({
  declaration,
  peer,
  fence,
  claims,
  ...of
}: LostCell): LostCellView => ({
  ...{ declaration, cell: peer, fence },
  state: of.returnedAt !== null ? 'RETURNED' : of.approvedAt !== null ? 'LOST' : 'PROPOSED',
  proposedBy: of.proposedBy,
  proposedAt: of.proposedAt.toISOString(),
  approvedBy: of.approvedBy,
  approvedAt: textOf(of.approvedAt),
  returnedAt: textOf(of.returnedAt),
  claims: claims.map(({ pool, quantity }) => ({ ...partsOf(pool), quantity })),
});

export const recoveryCaseViewOf = (found: RecoveryCase): RecoveryCaseView => ({
  ...{ case: found.seq, kind: found.kind, epoch: found.epoch, quantity: found.quantity },
  ...partsOf(found.pool),
  cell: found.kind === 'AT_RISK_UNITS' ? found.reference : null,
  order: found.order,
  openedAt: found.openedAt.toISOString(),
  ...{ decision: found.decision, decidedBy: found.decidedBy, decidedAt: textOf(found.decidedAt) },
});
