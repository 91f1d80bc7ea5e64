import type { CellId } from '@entrepot/kernel';
import type { PoolId } from '@entrepot/inventory';
import {
  channelOf,
  peerEpochOf,
  type Collect,
  type PoolPosition,
} from '@entrepot/inventory/testing';
import { escrow } from '../cell/protocol.ts';
import type { SimulatedCell } from '../cell/simulated-cell.ts';
import type { Mutant } from './mutant.ts';
import { creditAsApplied, replaceChannel, tamper } from './wrong-books.ts';

const takeBackAfterMs = 1_500;
const leaseMs = 1_500;

const untold = { verdicts: [] };

/** Writes books past the lane; the watch looks at the pool all the same. */
function write(cell: SimulatedCell, pool: PoolId, stock: SimulatedCell['stock']): void {
  cell.commit(stock, { ...untold, commands: [{ kind: 'ack', pool, peer: cell.id, total: 0 }] });
}

function takeOver(cell: SimulatedCell, peer: CellId, pool: PoolId): void {
  const last = cell.heardFree.get(`${peer} ${pool}`);
  if (last === undefined || last.free === 0) return;
  cell.heardFree.delete(`${peer} ${pool}`);
  const of = { pool, home: cell.world.homeOf(pool) };
  const channel = channelOf(cell.stock, pool, peer);
  const credited = creditAsApplied(cell.stock, of, { peer, quantity: last.free });
  const applied = channel.applied + last.free;
  write(cell, pool, replaceChannel(credited, of, { ...channel, applied }));
}

const nothingOf = (cell: CellId, pool: PoolId): PoolPosition => ({
  cell,
  pool,
  free: 0,
  credits: 0,
  channels: [],
});

/** Silence read as an empty shelf. */
const withoutSilence = (look: Collect, here: PoolPosition): Collect => ({
  ...look,
  positions: look.positions.map((of) => of ?? nothingOf(here.cell, here.pool)),
});

/** Bugs in what passes between cells, and in what is told of it. */
export const protocolMutants: readonly Mutant[] = [
  {
    name: 'deltas',
    sentence: 'A grant says what it adds and not the total, and nobody notes which were seen.',
    change: { totalOf: ({ added }, applied) => applied + added },
  },
  {
    name: 'two-commits',
    sentence: 'The credit and the note that it was given are two commits.',
    change: {
      takeIn: (cell, kind, command, done) => {
        const { pool, home, peer, total } = command;
        const channel = channelOf(cell.stock, pool, peer);
        const fresh = total - channel.applied;
        if (fresh <= 0 || command.epoch < peerEpochOf(cell.stock, peer)) {
          done(channel.applied);
          return;
        }
        cell.stock = creditAsApplied(cell.stock, { pool, home }, { peer, quantity: fresh });
        if (cell.mayDie(kind, 'after commit')) return;
        const applied = channelOf(cell.stock, pool, peer).applied;
        const noted = { ...channel, applied: applied + fresh };
        write(cell, pool, replaceChannel(cell.stock, { pool, home }, noted));
        done(total);
      },
    },
  },
  {
    name: 'take-back',
    sentence: 'A donor takes back what was not acknowledged in time.',
    change: {
      afterGrant: (cell, to, { pool, total, added }) => {
        cell.after(takeBackAfterMs, () => {
          const channel = channelOf(cell.stock, pool, to);
          if (channel.acked >= total) return;
          const of = { pool, home: cell.world.homeOf(pool) };
          const granted = channel.granted - added;
          const lowered = replaceChannel(cell.stock, of, { ...channel, granted });
          write(cell, pool, tamper(lowered, of, { GRANTED: -added, FREE: added }));
        });
      },
    },
  },
  {
    name: 'reclaim-silent',
    sentence: 'A cell takes over what a silent peer last said to have free.',
    change: { onSilence: takeOver },
  },
  {
    name: 'reclaim-after-lease',
    sentence: 'A cell takes over the last report of a peer once that peer must sell no more.',
    change: {
      onSilence: (cell, peer, pool) => {
        const last = cell.heardFree.get(`${peer} ${pool}`);
        if (last === undefined || last.free === 0) return;
        if (cell.world.queue.now - last.at < leaseMs) return;
        const holder = cell.world.cell(peer);
        holder.stock = { ...holder.stock, state: 'FENCED' };
        takeOver(cell, peer, pool);
      },
    },
  },
  {
    name: 'lagging-standby',
    sentence: 'A standby that lags behind is promoted.',
    change: { promoted: ({ past, stock }) => past.at(-3) ?? stock },
  },
  {
    name: 'borrow-by-amount',
    sentence: 'A borrow asks for an amount and not for a level, so that asking twice gives twice.',
    change: {
      grantFor: (context) => {
        const amount = context.ask.level - context.ask.acked;
        const level = context.channel.granted + Math.max(0, amount);
        return { ...escrow.grantFor(context), level };
      },
    },
  },
  {
    name: 'sold-out-from-zero',
    sentence: 'What is not free here is said to be sold out.',
    change: {
      judge: (_looks, { here }) =>
        here.free === 0
          ? { answer: 'GLOBAL_EMPTY' }
          : { answer: 'INSUFFICIENT', available: here.free },
    },
  },
  {
    name: 'sold-out-from-silence',
    sentence: 'A peer that does not answer counts as a peer that has nothing.',
    change: {
      judge: (looks, short, look) => looks.decideWith(short, withoutSilence(look, short.here)),
    },
  },
  {
    name: 'one-look',
    sentence:
      'One look at the others is taken for a proof, though it may be older than the request.',
    change: {
      judge: (looks, short, look) => {
        looks.decideWith(short, look);
        return looks.decideWith({ ...short, seenAt: -1 }, look);
      },
    },
  },
  {
    name: 'board-for-ever',
    sentence: 'What was once proven sold out is shown so until the process ends.',
    change: { takesPostingsDown: false },
  },
  {
    name: 'refuse-from-board',
    sentence: 'An order is refused because an earlier one was, within half a second.',
    change: { refusesFromBoard: true },
  },
  {
    name: 'answer-before-commit',
    sentence: 'A caller hears of an outcome that the standby does not have yet.',
    change: { answersBeforeCommit: true },
  },
  {
    name: 'borrow-without-end',
    sentence: 'A borrow waits for its answer for ever.',
    change: { borrowTimesOut: false },
  },
  {
    name: 'always-surrenders',
    sentence: 'A donor gives away what its own waiting orders need, so that units go to and fro.',
    change: { surrenders: () => true },
  },
  {
    name: 'never-surrenders',
    sentence: 'A donor whose own orders wait gives nothing, so that two cells keep a half each.',
    change: { surrenders: (_donor, _asker, { isDonorWaiting }) => !isDonorWaiting },
  },
  {
    name: 'totals-told-once',
    sentence: 'What was lost on the way is never repeated.',
    change: { repeatsTotals: false },
  },
  {
    name: 'no-sweep',
    sentence: 'Holds that are due are not ended.',
    change: { sweeps: false },
  },
];
