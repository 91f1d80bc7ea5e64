import type { OrderId, Sku } from '@entrepot/kernel';
import type { Command } from '../domain/commands.ts';
import { partsOf, type PoolId, type PoolPosition } from '../domain/pool.ts';
import type { ReservationId } from '../domain/reservation.ts';
import type { BorrowDesk } from './borrow-desk.ts';
import { reservationIdOf } from './reservation-ids.ts';
import { SharedCall } from './shared-call.ts';
import { ShortageLooks, type Short } from './shortage-looks.ts';
import type { StockLanes } from './stock-lanes.ts';
import type { StockMap } from './stock-map.ts';
import type { StockStore } from './stock-store.ts';

/** How long goods count as sold out without having been looked for again. */
export const soldOutMs = 500;
const knownMax = 50_000;

/** By SKU, the pools of which it was proven that no cell has a unit. */
export type ProvenGone = ReadonlyMap<Sku, readonly PoolId[]>;

const nothing: ProvenGone = new Map();

/** What an order asks of a look. */
interface Question {
  readonly skus: readonly Sku[];
  readonly reservations: readonly ReservationId[];
}

interface Found {
  readonly gone: ProvenGone;
  /** Of all reservations that were asked about. */
  readonly existing: ReadonlySet<ReservationId>;
}

/**
 * Once goods are sold out nearly all that comes is refused. What this process remembers of that decides
 * nothing: a refusal has to be true during the call that is told so. It only says that it is worth while
 * to look for proof first, for all orders that wait for the same goods at once, before any of them asks
 * the lane. One look is under way at a time; who comes meanwhile waits for the next, which begins later.
 */
export class SoldOut {
  private readonly known = new Map<Sku, number>();
  private readonly looks = new SharedCall<Question, Found>((questions) => this.look(questions));

  constructor(
    private readonly map: StockMap,
    private readonly store: StockStore,
    private readonly lanes: StockLanes,
    private readonly desk: BorrowDesk,
  ) {
    lanes.onWrite((commands) => this.forgetRefilled(commands));
  }

  /** No cell had a unit of the SKU a moment ago. */
  note(sku: Sku): void {
    if (this.known.size >= knownMax) this.known.clear();
    this.known.set(sku, performance.now() + soldOutMs);
  }

  /**
   * Which of the SKUs are proven to be gone at an instant of this call. None where nothing is remembered
   * of them, and for an order of which a call of the same round has left a reservation.
   */
  async findGone(
    { order, round }: { readonly order: OrderId; readonly round: number },
    skus: readonly Sku[],
  ): Promise<ProvenGone> {
    const worthLooking = skus.filter((sku) => this.isKnown(sku));
    if (worthLooking.length === 0) return nothing;
    const pools = skus.flatMap((sku) => this.map.poolsOf(sku));
    const own = pools.map((pool) => reservationIdOf(order, pool, round));
    const { gone, existing } = await this.looks.with({ skus: worthLooking, reservations: own });
    if (own.some((id) => existing.has(id))) return nothing;
    return new Map([...gone].filter(([sku]) => worthLooking.includes(sku)));
  }

  isKnown(sku: Sku): boolean {
    const until = this.known.get(sku);
    return until !== undefined && until > performance.now();
  }

  private forgetRefilled(commands: readonly Command[]): void {
    if (this.known.size === 0) return;
    for (const { kind, pool } of commands) {
      if (!takesOnly.has(kind)) this.known.delete(partsOf(pool).sku);
    }
  }

  private async look(questions: readonly Question[]): Promise<Found> {
    const skus = [...new Set(questions.flatMap((asked) => asked.skus))];
    const ids = questions.flatMap(({ reservations }) => reservations);
    const looks = new ShortageLooks(this.lanes.tick());
    const pools = skus.flatMap((sku) => this.map.poolsOf(sku));
    const [existing, before] = await Promise.all([
      this.store.findReservations(ids),
      this.positionsOf(pools),
    ]);
    await this.collect(looks, before);
    const after = await this.positionsOf(before.map(({ pool }) => pool));
    const open = after.filter((short) => !isProven(looks.decideFromLast(short).answer));
    const proven = new Set(after.filter((short) => !open.includes(short)).map(({ pool }) => pool));
    for (const pool of await this.collect(looks, open)) proven.add(pool);
    const gone = new Map(
      skus.flatMap((sku) => {
        const asked = before.map(({ pool }) => pool).filter((pool) => partsOf(pool).sku === sku);
        return asked.every((pool) => proven.has(pool)) ? [[sku, asked] as const] : [];
      }),
    );
    for (const sku of skus) {
      if (gone.has(sku)) this.note(sku);
      else this.known.delete(sku);
    }
    return { gone, existing: new Set(existing.map(({ id }) => id)) };
  }

  /** Looks at the other cells; answers the pools that are proven to be empty by that. */
  private async collect(looks: ShortageLooks, shorts: readonly Short[]): Promise<PoolId[]> {
    if (shorts.length === 0) return [];
    const wants = shorts.map((short) => ({ ...short, isWaiting: true }));
    const collects = await this.desk.collect(wants);
    return shorts.flatMap((short) => {
      const collect = collects.get(short.pool);
      if (collect === undefined) return [];
      const { answer } = looks.decideWith(short, collect);
      return isProven(answer) || looks.isUnheardOf(collect) ? [short.pool] : [];
    });
  }

  /** How the pools stand here; one of ours without books never had a unit and is left out. */
  private async positionsOf(pools: readonly PoolId[]): Promise<Short[]> {
    const found = new Map((await this.store.findPositions(pools)).map((of) => [of.pool, of]));
    const seenAt = this.lanes.tick();
    return pools.flatMap((pool) => {
      const position = found.get(pool);
      if (position === undefined && this.map.isOwn(pool)) return [];
      const here: PoolPosition = { ...emptyBooks, ...position, pool, cell: this.map.cell };
      return [{ pool, quantity: 1, here, seenAt }];
    });
  }
}

const emptyBooks = { free: 0, credits: 0, channels: [] } as const;

const isProven = (answer: string): boolean => answer === 'GLOBAL_EMPTY';

/** What can bring no unit to FREE, neither here nor elsewhere. */
const takesOnly: ReadonlySet<Command['kind']> = new Set([
  'reserve',
  'confirm',
  'ship',
  'grant',
  'ack',
  'dispatch',
]);
