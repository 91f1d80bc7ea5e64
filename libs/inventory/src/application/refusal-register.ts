import type { AvailabilityBoard } from './availability-board.ts';
import { SharedCall } from './shared-call.ts';
import type { SoldOut } from './sold-out.ts';
import type { Refusal, StockStore } from './stock-store.ts';

/**
 * Keeps every final "not enough" with its time span, so that an auditor can hold it against the books.
 * While some are written the next gather: a refusal costs a row and not a commit.
 */
export class RefusalRegister {
  private readonly written: SharedCall<Refusal, void>;

  constructor(
    store: StockStore,
    private readonly board: AvailabilityBoard,
    /** What is remembered of goods that are gone. */
    readonly soldOut: SoldOut,
  ) {
    this.written = new SharedCall((refusals) => store.appendRefusals(refusals));
  }

  async record(refusals: readonly Refusal[]): Promise<void> {
    if (refusals.length === 0) return;
    await this.written.with(...refusals);
    for (const { pool, available } of refusals) if (available === 0) this.board.noteEmpty(pool);
  }
}
