/**
 * The accounts of a pool in one cell. Units enter through SUPPLY (only at the warehouse's home) or
 * APPLIED (from another cell) and leave through SHIPPED, GRANTED or WRITTEN_OFF.
 */
export const accounts = [
  'SUPPLY',
  'APPLIED',
  'FREE',
  'HELD',
  'SOLD',
  'SHIPPED',
  'GRANTED',
  'WRITTEN_OFF',
] as const;
export type Account = (typeof accounts)[number];

/** Every way in which units may move; nothing else is ever written to the journal. */
export const movements = {
  MINT: { from: 'SUPPLY', to: 'FREE' },
  APPLY: { from: 'APPLIED', to: 'FREE' },
  RESERVE: { from: 'FREE', to: 'HELD' },
  CONFIRM: { from: 'HELD', to: 'SOLD' },
  RELEASE: { from: 'HELD', to: 'FREE' },
  EXPIRE: { from: 'HELD', to: 'FREE' },
  CANCEL: { from: 'SOLD', to: 'FREE' },
  SHIP: { from: 'SOLD', to: 'SHIPPED' },
  GRANT: { from: 'FREE', to: 'GRANTED' },
  WRITE_OFF: { from: 'FREE', to: 'WRITTEN_OFF' },
} as const satisfies Record<string, { from: Account; to: Account }>;
export type Movement = keyof typeof movements;

/** Units per account. SUPPLY and APPLIED count what came in, ever; SHIPPED, GRANTED and WRITTEN_OFF what went out. */
export type Balances = Readonly<Record<Account, number>>;

export const emptyBalances: Balances = {
  SUPPLY: 0,
  APPLIED: 0,
  FREE: 0,
  HELD: 0,
  SOLD: 0,
  SHIPPED: 0,
  GRANTED: 0,
  WRITTEN_OFF: 0,
};

const isSource = (account: Account): boolean => account === 'SUPPLY' || account === 'APPLIED';

/** Moves a positive number of units along one movement. */
export function move(balances: Balances, movement: Movement, quantity: number): Balances {
  const { from, to } = movements[movement];
  return {
    ...balances,
    [from]: balances[from] + (isSource(from) ? quantity : -quantity),
    [to]: balances[to] + quantity,
  };
}
