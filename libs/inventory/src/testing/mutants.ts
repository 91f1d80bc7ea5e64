import type { CellId } from '@entrepot/kernel';
import { channelOf } from '../domain/cell-stock.ts';
import {
  creditOutOfThinAir,
  escrowProtocol,
  replaceStock,
  stockOf,
  thePool,
  type Protocol,
  type World,
} from './escrow-world.ts';
import { homeCell } from './stock-commands.ts';

const fence = (world: World, cell: CellId): World =>
  replaceStock(world, cell, { ...stockOf(world, cell), state: 'FENCED' });

const reclaim = (world: World, silent: CellId): World =>
  silent === homeCell ? world : creditOutOfThinAir(world, homeCell, world.reports.get(silent) ?? 0);

/** Six shortcuts that look sound and are not. Each must be refuted by a property, for ever. */
export const mutants: readonly Protocol[] = [
  {
    ...escrowProtocol,
    id: 'deltas',
    name: 'a grant carries what it adds, and nobody notes which were seen',
    deliver: (world, message) => {
      const { applied } = channelOf(stockOf(world, message.to), thePool, message.from);
      return escrowProtocol.deliver(world, { ...message, total: applied + message.units });
    },
  },
  {
    ...escrowProtocol,
    id: 'two-commits',
    name: 'the credit and the note that it was given are two commits',
    deliver: (world, message) => {
      const { to, from, total } = message;
      if (!world.dying.has(to)) return escrowProtocol.deliver(world, message);
      const dead = new Set([...world.dying].filter((cell) => cell !== to));
      const { applied } = channelOf(stockOf(world, to), thePool, from);
      return creditOutOfThinAir({ ...world, dying: dead }, to, total - applied);
    },
  },
  {
    ...escrowProtocol,
    id: 'take-back',
    name: 'the donor takes back what was not acknowledged in time',
    timeOut: (world, message) => creditOutOfThinAir(world, message.from, message.units),
  },
  {
    ...escrowProtocol,
    id: 'reclaim',
    name: 'a survivor takes over what a silent cell last reported free',
    silence: reclaim,
  },
  {
    ...escrowProtocol,
    id: 'lease',
    name: 'a survivor takes over the last report once the lease of the silent cell is over',
    leaseEnds: (world, holder) =>
      holder === homeCell ? world : reclaim(fence(world, holder), holder),
  },
  {
    ...escrowProtocol,
    id: 'stale-standby',
    name: 'a standby that lags is promoted',
    failOver: (world, cell, behind) => {
      const past = world.history.get(cell) ?? [];
      const stock = past[past.length - behind];
      return stock === undefined ? world : replaceStock(world, cell, stock);
    },
  },
];
