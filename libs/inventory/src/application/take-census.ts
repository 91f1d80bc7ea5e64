import type { CellId } from '@entrepot/kernel';
import { accounts, type Balances } from '../domain/accounts.ts';
import type { PoolId } from '../domain/pool.ts';

/** How often a border process runs this. */
export const censusEveryMs = 1_000;
/** Pools of one run: what a run reads does not grow with the shop, only how old the sums become. */
export const censusPoolsMax = 5_000;
/** Channels with units in transit that a run sums up, those that have waited longest. */
export const censusChannelsMax = 10_000;

/** Sums over consecutive pools. */
export interface CensusPage {
  readonly pools: number;
  readonly last: PoolId | undefined;
  readonly balances: Balances;
}

/** What was given to one other cell and is not yet known to have been taken in. */
export interface InTransit {
  readonly peer: CellId;
  readonly units: number;
  /** Since the oldest of these channels last changed; 0 where nothing is open. */
  readonly oldestSeconds: number;
}

export abstract class CensusTaker {
  /** Of the pools behind `after` by their id, at most so many. */
  abstract sumPage(after: PoolId | undefined, poolsMax: number): Promise<CensusPage>;
  /** Of at most so many channels, the oldest; by peer, and a peer to which nothing is open may be missing. */
  abstract sumInTransit(channelsMax: number): Promise<readonly InTransit[]>;
}

/** Sums over all pools of a cell, each pool read once at some instant of a round. */
export interface Census {
  readonly pools: number;
  readonly balances: Balances;
  /** By `performance.now()`, when the round began. */
  readonly begunAt: number;
}

const none = (): Record<keyof Balances, number> =>
  Object.fromEntries(accounts.map((account) => [account, 0])) as never;

/**
 * Counts the units of a cell by account, some pools at a time, round after round. A sum over all pools at
 * once would cost more with every pool, and a total kept beside them would be one row that every sale
 * of the cell waits for. So a total is as old as a round is long, and of no single instant.
 */
export class TakeCensus {
  private after: PoolId | undefined;
  private sums = none();
  private pools = 0;
  private begunAt = 0;

  /** The last whole round; undefined until there has been one. */
  census: Census | undefined;
  inTransit: readonly InTransit[] = [];

  constructor(
    private readonly taker: CensusTaker,
    private readonly poolsMax = censusPoolsMax,
  ) {}

  async execute(): Promise<void> {
    this.inTransit = await this.taker.sumInTransit(censusChannelsMax);
    if (this.after === undefined) this.begin();
    const page = await this.taker.sumPage(this.after, this.poolsMax);
    for (const account of accounts) this.sums[account] += page.balances[account];
    this.pools += page.pools;
    this.after = page.pools < this.poolsMax ? undefined : page.last;
    if (this.after !== undefined) return;
    this.census = { pools: this.pools, balances: this.sums, begunAt: this.begunAt };
  }

  private begin(): void {
    this.sums = none();
    this.pools = 0;
    this.begunAt = performance.now();
  }
}
