import type { CellId } from '@entrepot/kernel';
import type { Availability, PoolId } from '@entrepot/inventory';
import {
  beginRecovery,
  ceilingFor,
  decideBatch,
  hearEpoch,
  levelFor,
  surrenders,
  type Apply,
  type CellStock,
  type Collect,
  type Command,
  type Grant,
  type QuotaChannel,
  type Short,
  type ShortageLooks,
} from '@entrepot/inventory/testing';
import type { WorkKind } from '../faults/coverage.ts';
import { isTrusted } from '../recovery/tell-view.ts';
import type { BorrowMessage, GrantMessage, ToldTotal } from './messages.ts';
import type { SimulatedCell } from './simulated-cell.ts';

export interface BorrowContext {
  readonly ask: BorrowMessage;
  readonly channel: QuotaChannel;
  readonly free: number;
  readonly mayGive: boolean;
}

/**
 * The places at which a plausible shortcut can be taken. `escrow` is what the platform does: its own
 * reducer, its own policies, its own proofs.
 */
export interface Protocol {
  readonly decide: typeof decideBatch;
  readonly levelFor: typeof levelFor;
  readonly surrenders: typeof surrenders;
  /** The donor's command for an ask. */
  readonly grantFor: (context: BorrowContext) => Grant;
  /** The total up to which a receiver takes in, from what it was told and had taken in before. */
  readonly totalOf: (told: ToldTotal, applied: number) => number;
  /** Takes units in and goes on when that has been committed. */
  readonly takeIn: (
    cell: SimulatedCell,
    kind: WorkKind,
    command: Apply,
    done: (total: number) => void,
  ) => void;
  /** What a reserve that came short is told after one more look. */
  readonly judge: (looks: ShortageLooks, short: Short, look: Collect) => Availability;
  /** A grant was committed and its answer sent. */
  readonly afterGrant: (cell: SimulatedCell, to: CellId, told: GrantMessage) => void;
  /** A peer did not answer a borrow. */
  readonly onSilence: (cell: SimulatedCell, peer: CellId, pool: PoolId) => void;
  /** The books with which a standby takes over. */
  readonly promoted: (cell: SimulatedCell) => CellStock;
  /** How a recovery begins. */
  readonly begin: typeof beginRecovery;
  /** A restore closes the stock, and a cell that starts asks its witness whether its books are behind. */
  readonly comparesWithWitness: boolean;
  /** A recovery writes in what the cell's own witness knows. */
  readonly readsWitness: boolean;
  /** In which epoch a cell speaks is known outside of its database before anybody hears it. */
  readonly marksEpochs: boolean;
  /** A recovery ends when every peer has told its view. */
  readonly waitsForPeers: boolean;
  /** Whether a cell may tell its view. */
  readonly isTrusted: (cell: SimulatedCell) => boolean;
  /** What a peer notes before it tells its view. */
  readonly hear: typeof hearEpoch;
  /** What the commands of a lane do before they are committed. */
  readonly answersBeforeCommit: boolean;
  readonly borrowTimesOut: boolean;
  readonly repeatsTotals: boolean;
  /** What was posted about a pool is taken down by commands and by age. */
  readonly takesPostingsDown: boolean;
  /** Reserves are refused from the board. */
  readonly refusesFromBoard: boolean;
  readonly sweeps: boolean;
}

export const escrow: Protocol = {
  decide: decideBatch,
  levelFor,
  surrenders,
  grantFor: ({ ask, free, mayGive }) => ({
    kind: 'grant',
    pool: ask.pool,
    peer: ask.from,
    level: ask.level,
    acked: ask.acked,
    ceiling: mayGive ? ceilingFor(ask, free) : 0,
  }),
  totalOf: ({ total }) => total,
  takeIn: (cell, kind, command, done) => {
    cell.lane.submit(kind, [command], ({ verdicts }) => done(verdicts[0]?.total ?? 0));
  },
  judge: (looks, short, look) => looks.decideWith(short, look),
  afterGrant: () => undefined,
  onSilence: () => undefined,
  promoted: ({ stock }) => stock,
  begin: beginRecovery,
  comparesWithWitness: true,
  readsWitness: true,
  marksEpochs: true,
  waitsForPeers: true,
  isTrusted,
  hear: hearEpoch,
  answersBeforeCommit: false,
  borrowTimesOut: true,
  repeatsTotals: true,
  takesPostingsDown: true,
  refusesFromBoard: false,
  sweeps: true,
};

export type DecideBatch = Protocol['decide'];
export type Decide = (
  stock: CellStock,
  command: Command,
  now: number,
) => ReturnType<DecideBatch> | undefined;
