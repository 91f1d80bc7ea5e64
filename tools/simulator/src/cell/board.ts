import type { PoolId } from '@entrepot/inventory';
import type { SimulatedCell } from './simulated-cell.ts';

/** How long a proof of emptiness may be repeated to readers. */
export const postingAgeMs = 500;

/** The pools that this process lately proved empty, for readers; no order is decided from it. */
export class Board {
  private readonly postedAt = new Map<PoolId, number>();

  constructor(private readonly cell: SimulatedCell) {}

  post(pool: PoolId): void {
    this.postedAt.set(pool, this.cell.world.queue.now);
  }

  isEmpty(pool: PoolId): boolean {
    const { protocol, queue } = this.cell.world;
    const at = this.postedAt.get(pool);
    return at !== undefined && (!protocol.takesPostingsDown || queue.now - at < postingAgeMs);
  }

  takeDown(pool: PoolId): void {
    if (this.cell.world.protocol.takesPostingsDown) this.postedAt.delete(pool);
  }

  forget(): void {
    this.postedAt.clear();
  }
}
