import type { Command, Verdict } from '../domain/commands.ts';
import type { PoolId, PoolPosition } from '../domain/pool.ts';

export interface LedgerAnswer {
  /** One verdict per command, in the order of the commands. */
  readonly verdicts: readonly Verdict[];
  /** The pools of commands that came short or asked how we stand, as the whole batch left them. */
  readonly positions: ReadonlyMap<PoolId, PoolPosition>;
}

/**
 * The books of one cell: folds commands in their order, atomically, and returns when the outcome is
 * durable. Every command is idempotent, so after an `OutcomeUnknownError` the same call is safe and
 * tells what became of the first one.
 */
export abstract class StockLedger {
  abstract apply(commands: readonly Command[]): Promise<LedgerAnswer>;
}
