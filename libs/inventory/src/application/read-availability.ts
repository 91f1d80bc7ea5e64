import type { CellId, Sku } from '@entrepot/kernel';
import type { Availability } from '../domain/availability.ts';
import type { PoolId } from '../domain/pool.ts';
import { answerOf, hintOf, type PoolHint, type StockHint } from '../domain/stock-hint.ts';
import type { AvailabilityBoard } from './availability-board.ts';
import type { PeerPulse } from './peer-pulse.ts';
import type { StockHints } from './stock-hints.ts';
import type { StockMap } from './stock-map.ts';

export interface StockQuestion {
  readonly sku: Sku;
  /** At least 1. */
  readonly quantity: number;
}

export interface ReadAnswer {
  readonly sku: Sku;
  readonly availability: Availability;
  readonly hint: StockHint;
}

/**
 * What pages and carts are told of goods, over all pools of each SKU, without asking another cell: at
 * most two statements however many questions there are. A hint: only reserving decides.
 */
export class ReadAvailability {
  constructor(
    private readonly map: StockMap,
    private readonly hints: StockHints,
    private readonly pulse: PeerPulse,
    private readonly board: AvailabilityBoard,
  ) {}

  /** One answer for each question, in their order. */
  async execute(questions: readonly StockQuestion[]): Promise<ReadAnswer[]> {
    const skus = [...new Set(questions.map(({ sku }) => sku))];
    const known = await this.hintsOf(skus.flatMap((sku) => this.map.poolsOf(sku)));
    const asked = questions.map(({ sku, quantity }) => {
      const pools = this.map.poolsOf(sku).flatMap((pool) => known.get(pool) ?? []);
      return { sku, quantity, pools, provenUnits: this.provenUnitsOf(sku) };
    });
    const nobody: ReadonlySet<CellId> = new Set();
    const isOpen = asked.some(
      (question) => answerOf({ ...question, silentPeers: nobody }).answer === 'BORROWING',
    );
    const silentPeers = isOpen ? await this.pulse.silentPeers() : nobody;
    return asked.map(({ sku, ...question }) => {
      const availability = answerOf({ ...question, silentPeers });
      return { sku, availability, hint: hintOf(question.pools) };
    });
  }

  private async hintsOf(pools: readonly PoolId[]): Promise<ReadonlyMap<PoolId, PoolHint>> {
    const posted = pools.flatMap((pool) => this.board.findHint(pool) ?? []);
    const known = new Map(posted.map((hint) => [hint.pool, hint]));
    for (const hint of await this.hints.find(pools.filter((pool) => !known.has(pool)))) {
      this.board.noteHint(hint);
      known.set(hint.pool, hint);
    }
    return known;
  }

  private provenUnitsOf(sku: Sku): number | undefined {
    const isEmpty = this.map.poolsOf(sku).every((pool) => this.board.isEmpty(pool));
    return isEmpty ? 0 : this.board.findShortage(sku);
  }
}
