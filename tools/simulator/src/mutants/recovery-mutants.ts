import { beginRecovery } from '@entrepot/inventory/testing';
import type { Mutant } from './mutant.ts';
import { afterwards, bug, homeIn, told } from './reducer-mutants.ts';
import { tamper } from './wrong-books.ts';

const endings = ['RELEASED', 'EXPIRED', 'CANCELLED'];

/** Bugs in what a restored cell does before it sells. */
export const recoveryMutants: readonly Mutant[] = [
  {
    name: 'restore-unnoticed',
    sentence: 'A restored cell sells by what its backup says, as nobody asks the witness.',
    change: { comparesWithWitness: false },
  },
  {
    name: 'witness-skipped',
    sentence: 'A restored cell hears its peers and not its own witness.',
    change: { readsWitness: false },
  },
  {
    name: 'peers-skipped',
    sentence: 'A restored cell sells before every peer has told its view.',
    change: { waitsForPeers: false },
  },
  {
    name: 'old-epoch-after-restore',
    sentence: 'A peer tells its view and goes on to take in what the restored cell said before.',
    change: { hear: (stock) => stock },
  },
  {
    name: 'epoch-kept',
    sentence: 'A restored cell speaks in the epoch in which it spoke before.',
    change: {
      begin: (stock, witnessed) => {
        const begun = beginRecovery(stock, witnessed);
        return begun === stock ? stock : { ...begun, epoch: stock.epoch };
      },
    },
  },
  {
    name: 'epoch-spoken-twice',
    sentence:
      'Nobody outside of the database knows in which epoch a restored cell spoke when it is restored again.',
    change: { marksEpochs: false },
  },
  {
    name: 'view-of-the-past',
    sentence: 'A cell that recovers tells its view before it has heard its own witness.',
    change: { isTrusted: () => true },
  },
  bug(
    'suspense-for-sale',
    'What was given and forgotten is for sale at once, though it may have been sold.',
    afterwards((before, after, command) => {
      if (command.kind !== 'repair') return after;
      const { SUSPENSE = 0, DEFICIT = 0 } = after.pools.get(command.pool)?.balances ?? {};
      const quantity = SUSPENSE - (before.pools.get(command.pool)?.balances.SUSPENSE ?? 0);
      if (quantity <= 0 || DEFICIT > 0) return after;
      const line = { movement: 'RESOLVE' as const, quantity, reference: command.peer };
      const by = { SUSPENSE: -quantity, FREE: quantity };
      return tamper(after, homeIn(after, command.pool), by, line);
    }),
  ),
  bug(
    'endings-forgotten',
    'A witness is asked for sales, and not for what ended.',
    (stock, command) =>
      command.kind === 'readopt' && endings.includes(command.state)
        ? told(stock, command.pool, command.state)
        : undefined,
  ),
];
