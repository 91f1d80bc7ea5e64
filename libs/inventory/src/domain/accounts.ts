/**
 * The accounts of a pool in one cell. Units enter through SUPPLY (only at the warehouse's home) or
 * APPLIED (from another cell) and leave through SHIPPED, GRANTED, WRITTEN_OFF or TRANSFERRED. DEFICIT
 * is a source too: units that were promised and are not there.
 */
export const accounts = [
  'SUPPLY',
  'APPLIED',
  /** Promised and not there. Falls as what comes free pays it; while there is any, nothing is free. */
  'DEFICIT',
  'FREE',
  'HELD',
  'SOLD',
  'SHIPPED',
  /** Home only: a buffer against shrinkage, not for sale. */
  'SAFETY',
  /** Home only: on the shelf and not for sale, until it is inspected; damaged goods too. */
  'QUARANTINE',
  /** Taken in by a repair after a restore, perhaps already sold: not for sale until it is counted. */
  'SUSPENSE',
  'GRANTED',
  'WRITTEN_OFF',
  /** Home only: left for another warehouse. */
  'TRANSFERRED',
] as const;
export type Account = (typeof accounts)[number];

/** Every way in which units may move; nothing else is ever written to the journal. */
export const movements = {
  MINT: { from: 'SUPPLY', to: 'FREE' },
  MINT_TO_QUARANTINE: { from: 'SUPPLY', to: 'QUARANTINE' },
  APPLY: { from: 'APPLIED', to: 'FREE' },
  APPLY_TO_SUSPENSE: { from: 'APPLIED', to: 'SUSPENSE' },
  RESERVE: { from: 'FREE', to: 'HELD' },
  CONFIRM: { from: 'HELD', to: 'SOLD' },
  RELEASE: { from: 'HELD', to: 'FREE' },
  EXPIRE: { from: 'HELD', to: 'FREE' },
  CANCEL: { from: 'SOLD', to: 'FREE' },
  SHIP: { from: 'SOLD', to: 'SHIPPED' },
  GRANT: { from: 'FREE', to: 'GRANTED' },
  GRANT_FROM_SUSPENSE: { from: 'SUSPENSE', to: 'GRANTED' },
  GRANT_FROM_DEFICIT: { from: 'DEFICIT', to: 'GRANTED' },
  READOPT: { from: 'FREE', to: 'HELD' },
  READOPT_FROM_SUSPENSE: { from: 'SUSPENSE', to: 'HELD' },
  READOPT_FROM_DEFICIT: { from: 'DEFICIT', to: 'HELD' },
  WRITE_OFF: { from: 'FREE', to: 'WRITTEN_OFF' },
  WRITE_OFF_FROM_SAFETY: { from: 'SAFETY', to: 'WRITTEN_OFF' },
  WRITE_OFF_FROM_QUARANTINE: { from: 'QUARANTINE', to: 'WRITTEN_OFF' },
  WRITE_OFF_FROM_DEFICIT: { from: 'DEFICIT', to: 'WRITTEN_OFF' },
  SET_ASIDE: { from: 'FREE', to: 'QUARANTINE' },
  SET_ASIDE_FROM_DEFICIT: { from: 'DEFICIT', to: 'QUARANTINE' },
  CLEAR: { from: 'QUARANTINE', to: 'FREE' },
  KEEP_SAFE: { from: 'FREE', to: 'SAFETY' },
  FREE_SAFETY: { from: 'SAFETY', to: 'FREE' },
  TRANSFER: { from: 'FREE', to: 'TRANSFERRED' },
  RESOLVE: { from: 'SUSPENSE', to: 'FREE' },
  SETTLE: { from: 'FREE', to: 'DEFICIT' },
} as const satisfies Record<string, { from: Account; to: Account }>;
export type Movement = keyof typeof movements;

/**
 * Units per account. SUPPLY and APPLIED count what came in, ever; SHIPPED, GRANTED, WRITTEN_OFF and
 * TRANSFERRED what went out.
 */
export type Balances = Readonly<Record<Account, number>>;

export const emptyBalances: Balances = {
  SUPPLY: 0,
  APPLIED: 0,
  DEFICIT: 0,
  FREE: 0,
  HELD: 0,
  SOLD: 0,
  SHIPPED: 0,
  SAFETY: 0,
  QUARANTINE: 0,
  SUSPENSE: 0,
  GRANTED: 0,
  WRITTEN_OFF: 0,
  TRANSFERRED: 0,
};

const isSource = (account: Account): boolean =>
  account === 'SUPPLY' || account === 'APPLIED' || account === 'DEFICIT';

/** Moves a positive number of units along one movement. */
export function move(balances: Balances, movement: Movement, quantity: number): Balances {
  const { from, to } = movements[movement];
  return {
    ...balances,
    [from]: balances[from] + (isSource(from) ? quantity : -quantity),
    [to]: balances[to] + (isSource(to) ? -quantity : quantity),
  };
}

/**
 * Whether a movement is counted among the credits of a pool. Into SUSPENSE counts as well: a repair
 * raises what came from a peer, and uncounted it would pass for the arrival that explains another
 * credit (`isFedOnlyBy` in availability.ts).
 */
export const isCredit = (movement: Movement): boolean => {
  const { to } = movements[movement];
  return to === 'FREE' || to === 'SUSPENSE';
};
