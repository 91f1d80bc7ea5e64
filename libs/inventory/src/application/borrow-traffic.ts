/** How long a cell counts as waiting after its ask was answered: its order still has to reserve. */
const lingerMs = 50;

/** The pools for which orders of this cell are waiting, as the border process sees its asks go out. */
export class BorrowTraffic {
  private readonly waiting = new Map<string, number>();
  private readonly lingering = new Map<string, number>();

  isWaiting(pool: string): boolean {
    return this.waiting.has(pool) || (this.lingering.get(pool) ?? 0) > performance.now();
  }

  async during<T>(pools: readonly string[], work: () => Promise<T>): Promise<T> {
    for (const pool of pools) this.waiting.set(pool, (this.waiting.get(pool) ?? 0) + 1);
    try {
      return await work();
    } finally {
      for (const pool of pools) this.leave(pool);
    }
  }

  private leave(pool: string): void {
    const left = (this.waiting.get(pool) ?? 1) - 1;
    if (left > 0) {
      this.waiting.set(pool, left);
      return;
    }
    this.waiting.delete(pool);
    this.lingering.delete(pool);
    this.lingering.set(pool, performance.now() + lingerMs);
    for (const [oldest, until] of this.lingering) {
      if (until > performance.now()) break;
      this.lingering.delete(oldest);
    }
  }
}
