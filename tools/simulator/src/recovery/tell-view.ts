import type { CellId } from '@entrepot/kernel';
import { emptyChannel, peerEpochOf } from '@entrepot/inventory/testing';
import type { ViewAsk, ViewTold } from '../cell/messages.ts';
import type { SimulatedCell } from '../cell/simulated-cell.ts';

const [readLeastMs, readMostMs] = [1, 4];

/** A cell whose books have all that its own witness knows, or were never restored. */
export const isTrusted = ({ stock, notes }: SimulatedCell): boolean =>
  stock.state !== 'RECOVERING' || notes.recovery?.hasRemembered === true;

/**
 * A peer tells a cell that recovers how it sees their channels: first, in a commit of its own, it stops to take in anything
 * that the other said in an older epoch, then it reads.
 */
export function tellView(cell: SimulatedCell, { from, epoch }: ViewAsk): void {
  const { protocol, random } = cell.world;
  if (!protocol.isTrusted(cell)) return;
  if (cell.mayDie('VIEW', 'before commit')) return;
  const own = cell.stock.epoch;
  cell.commit(protocol.hear(cell.stock, from, epoch), { commands: [], verdicts: [] });
  if (cell.mayDie('VIEW', 'after commit')) return;
  const heard = Math.max(epoch, peerEpochOf(cell.stock, from));
  cell.after(random.between(readLeastMs, readMostMs), () => {
    // a cell that was restored meanwhile must not be taken at its word
    if (!protocol.isTrusted(cell) || cell.stock.epoch !== own) return;
    answer(cell, from, { from: cell.id, asked: epoch, epoch: own, heard });
    cell.mayDie('VIEW', 'after answer');
  });
}

function answer(cell: SimulatedCell, to: CellId, told: Omit<ViewTold, 'channels'>): void {
  const { world, stock } = cell;
  const asker = world.cell(to);
  const channels = [...stock.pools].map(([pool, books]) => {
    const { granted, applied } = books.channels.get(to) ?? emptyChannel(to);
    return { pool, granted, applied };
  });
  const view: ViewTold = { ...told, channels: told.heard === told.asked ? channels : [] };
  world.network.send(cell.id, to, () => {
    asker.receive('REPAIR', view, () => asker.recovery.onView(view));
  });
}
