import {
  bandOf,
  freeOf,
  type Mint,
  type Outcome,
  type Reserve,
  type Transition,
} from '@entrepot/inventory/testing';
import type { PoolId } from '@entrepot/inventory';
import { ReserveAttempt, type ReserveReply } from '../cell/reserve-attempt.ts';
import type { SimulatedCell } from '../cell/simulated-cell.ts';

const workOf = {
  confirm: 'CONFIRM',
  release: 'RELEASE',
  expire: 'EXPIRE',
  cancel: 'CANCEL',
  ship: 'SHIP',
} as const;

export function reserve(
  cell: SimulatedCell,
  command: Reserve,
  reply: (reply: ReserveReply) => void,
): void {
  cell.receive('RESERVE', command, () => new ReserveAttempt(cell, command, reply).begin());
}

export function advance(
  cell: SimulatedCell,
  command: Transition,
  reply: (outcome: Outcome) => void,
): void {
  submit(cell, workOf[command.kind], command, reply);
}

export function deliver(
  cell: SimulatedCell,
  command: Mint,
  reply: (outcome: Outcome) => void,
): void {
  submit(cell, 'MINT', command, reply);
}

/** What a page shows: a band, and emptiness only where it was proven lately. */
export function read(cell: SimulatedCell, pool: PoolId): void {
  if (!cell.isUp) return;
  const { answer } = bandOf(freeOf(cell.stock, pool), cell.board.isEmpty(pool));
  cell.world.happened(cell.id, 'read', { pool, answer });
  if (answer === 'GLOBAL_EMPTY') cell.world.watch.onReadEmpty(cell.id, pool);
}

function submit(
  cell: SimulatedCell,
  kind: 'MINT' | (typeof workOf)[Transition['kind']],
  command: Mint | Transition,
  reply: (outcome: Outcome) => void,
): void {
  cell.receive(kind, command, () => {
    cell.lane.submit(kind, [command], ({ verdicts }) => {
      const outcome = verdicts[0]?.outcome;
      if (outcome !== undefined) reply(outcome);
    });
  });
}
