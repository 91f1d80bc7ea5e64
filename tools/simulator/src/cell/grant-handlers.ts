import type { CellId } from '@entrepot/kernel';
import type { PoolId } from '@entrepot/inventory';
import { channelOf, freeOf, type Apply, type Outcome } from '@entrepot/inventory/testing';
import type { AckMessage, BorrowMessage, GrantMessage, ToldTotal } from './messages.ts';
import type { SimulatedCell } from './simulated-cell.ts';

/** The donor's side of a borrow: debit and total in one commit, then the answer. */
export function onBorrow(cell: SimulatedCell, ask: BorrowMessage): void {
  const { world } = cell;
  const { pool, from } = ask;
  const free = freeOf(cell.stock, pool);
  const mayGive = world.protocol.surrenders(cell.id, from, {
    home: world.homeOf(pool),
    isDonorWaiting: cell.isWaitingFor(pool),
  });
  const channel = channelOf(cell.stock, pool, from);
  const command = world.protocol.grantFor({ ask, channel, free, mayGive });
  cell.lane.submit('BORROW', [command], ({ verdicts, positionOf }) => {
    const verdict = verdicts[0];
    if (verdict === undefined || isSilencing(verdict.outcome)) return;
    const { total } = verdict;
    const told: GrantMessage = {
      call: ask.call,
      from: cell.id,
      pool,
      total,
      added: verdict.changed ? total - channel.granted : 0,
      epoch: cell.epoch,
      position: positionOf(pool),
    };
    const asker = world.cell(from);
    world.network.send(cell.id, from, () => {
      asker.receive('GRANT', told, () => asker.desk.onGrant(told));
    });
    if (verdict.changed) world.protocol.afterGrant(cell, from, told);
  });
}

/** A donor that contradicts the asker, or may not give what it has, answers with an error: that is no look at it. */
const isSilencing = (outcome: Outcome): boolean =>
  outcome === 'REGRESSED' || outcome === 'NOT_ACTIVE';

/** Says to a peer what it was given, ever: as an announcement, or to be acknowledged. */
export function tellTotal(
  cell: SimulatedCell,
  to: CellId,
  { pool, total, kind }: { pool: PoolId; total: number; kind: 'QUOTA_GRANTED' | 'TOTALS' },
): void {
  const { world } = cell;
  const told: ToldTotal = { from: cell.id, pool, total, added: total, epoch: cell.epoch };
  const receiver = world.cell(to);
  world.network.send(cell.id, to, () => {
    receiver.receive(kind, told, () => {
      takeIn(receiver, kind, told, (applied) => {
        if (kind === 'TOTALS') acknowledge(receiver, cell.id, { pool, total: applied });
      });
    });
  });
}

function acknowledge(
  cell: SimulatedCell,
  to: CellId,
  { pool, total }: { pool: PoolId; total: number },
): void {
  const donor = cell.world.cell(to);
  const ack: AckMessage = { from: cell.id, pool, total };
  cell.world.network.send(cell.id, to, () => {
    donor.receive('ACK', ack, () => onAck(donor, ack));
  });
}

export function onAck(cell: SimulatedCell, { from, pool, total }: AckMessage): void {
  cell.lane.submit('ACK', [{ kind: 'ack', pool, peer: from, total }], () => undefined);
}

/** The receiver's side: what the total adds becomes free and is noted in one commit. */
export function takeIn(
  cell: SimulatedCell,
  kind: 'GRANT' | 'QUOTA_GRANTED' | 'TOTALS',
  told: ToldTotal,
  done: (applied: number) => void,
): void {
  const { protocol } = cell.world;
  const { applied } = channelOf(cell.stock, told.pool, told.from);
  const command: Apply = {
    kind: 'apply',
    pool: told.pool,
    home: cell.world.homeOf(told.pool),
    peer: told.from,
    total: protocol.totalOf(told, applied),
    epoch: told.epoch,
  };
  protocol.takeIn(cell, kind, command, done);
}
