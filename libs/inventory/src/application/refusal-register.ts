import type { AvailabilityBoard } from './availability-board.ts';
import type { StockStore } from './stock-store.ts';
import { type Refusal } from './stock-store.ts';

/** Keeps every final "not enough" with its time span, so that an auditor can hold it against the books. */
export class RefusalRegister {
  constructor(
    private readonly store: StockStore,
    private readonly board: AvailabilityBoard,
  ) {}

  async record(refusals: readonly Refusal[]): Promise<void> {
    if (refusals.length === 0) return;
    await this.store.appendRefusals(refusals);
    for (const { pool, available } of refusals) if (available === 0) this.board.noteEmpty(pool);
  }
}
