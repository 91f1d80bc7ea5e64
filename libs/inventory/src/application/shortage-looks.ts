import { decideBracketed, decideShortage, type Availability } from '../domain/availability.ts';
import type { Demand } from '../domain/reservation-plan.ts';
import type { PoolId, PoolPosition } from '../domain/pool.ts';
import type { Collect } from './borrow-desk.ts';

/** A pool that came short, and how it stood here then. */
export interface Short extends Demand {
  readonly here: PoolPosition;
  /** By the process's count of events, `here` was so before this. */
  readonly seenAt: number;
}

const notProven: Availability = { answer: 'BORROWING' };

/**
 * What one call has seen of other cells. Only what was so during the call counts: a look that another
 * order began earlier proves nothing about a call that came later.
 */
export class ShortageLooks {
  private readonly latest = new Map<PoolId, Collect>();

  /** @param since by the process's count of events. */
  constructor(private readonly since: number) {}

  get isEmpty(): boolean {
    return this.latest.size === 0;
  }

  /** Decides from the last look, where there is one other cell: our own books enclose it. */
  decideFromLast({ pool, quantity, here }: Short): Availability {
    const last = this.latest.get(pool);
    if (last === undefined || last.startedAt <= this.since) return notProven;
    const [other, ...more] = last.positions;
    if (other === undefined || more.length > 0) return notProven;
    return decideBracketed({ quantity, before: last.here, other, here });
  }

  /** Decides with one look more: the looks at the other cells enclose our own books. */
  decideWith({ pool, quantity, here, seenAt }: Short, after: Collect): Availability {
    const before = this.latest.get(pool);
    this.latest.set(pool, after);
    const encloses = before !== undefined && after.startedAt > seenAt;
    const looks = { before: encloses ? before.positions : [], after: after.positions };
    return decideShortage({ quantity, here, ...looks });
  }

  /** Whether a look during the call shows that no unit of a pool was ever brought into the world. */
  isUnheardOf(look: Collect | undefined): boolean {
    return look !== undefined && look.isUnheardOf && look.startedAt > this.since;
  }
}
