import {
  bandOf,
  freeOf,
  type Mint,
  type Outcome,
  type Reserve,
  type Resolve,
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
  commands: readonly Reserve[],
  reply: (reply: ReserveReply) => void,
): void {
  cell.receive('RESERVE', commands, () => new ReserveAttempt(cell, commands, reply).begin());
}

/** Takes one step with all reservations of an order, in one submission. */
export function advance(
  cell: SimulatedCell,
  kind: Transition['kind'],
  commands: readonly Transition[],
  reply: (outcomes: readonly Outcome[]) => void,
): void {
  submit(cell, workOf[kind], commands, reply);
}

export function deliver(
  cell: SimulatedCell,
  command: Mint | Resolve,
  reply: (outcome: Outcome) => void,
): void {
  submit(cell, 'MINT', [command], ([outcome]) => {
    if (outcome !== undefined) reply(outcome);
  });
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
  commands: readonly (Mint | Resolve | Transition)[],
  reply: (outcomes: readonly Outcome[]) => void,
): void {
  cell.receive(kind, commands, () => {
    cell.lane.submit(kind, commands, ({ verdicts }) => {
      const outcomes = verdicts.map(({ outcome }) => outcome);
      // a cell that recovers answers 503, and is asked again
      if (!outcomes.includes('NOT_ACTIVE')) reply(outcomes);
    });
  });
}
