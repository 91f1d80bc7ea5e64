import type { AvailabilityBoard } from './availability-board.ts';
import type { SoldOut } from './sold-out.ts';
import type { Refusal, StockStore } from './stock-store.ts';

/**
 * Keeps every final "not enough" with its time span, so that an auditor can hold it against the books.
 * While some are written the next gather: a refusal costs a row and not a commit.
 */
export class RefusalRegister {
  private last: Promise<unknown> = Promise.resolve();
  private next: { readonly refusals: Refusal[]; readonly written: Promise<void> } | undefined;

  constructor(
    private readonly store: StockStore,
    private readonly board: AvailabilityBoard,
    /** What is remembered of goods that are gone. */
    readonly soldOut: SoldOut,
  ) {}

  async record(refusals: readonly Refusal[]): Promise<void> {
    if (refusals.length === 0) return;
    this.next ??= this.open();
    this.next.refusals.push(...refusals);
    await this.next.written;
    for (const { pool, available } of refusals) if (available === 0) this.board.noteEmpty(pool);
  }

  private open() {
    const refusals: Refusal[] = [];
    const written = this.last.then(() => {
      this.next = undefined;
      return this.store.appendRefusals(refusals);
    });
    // told to those whose refusals they were
    this.last = written.catch(() => undefined);
    return { refusals, written };
  }
}
