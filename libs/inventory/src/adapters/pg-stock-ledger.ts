import type { CellId } from '@entrepot/kernel';
import { classifyDatabaseError, statement } from '@entrepot/platform-database';
import type { Queryable, Transaction } from '@entrepot/platform-database';
import { StockLedger, type LedgerAnswer } from '../application/stock-ledger.ts';
import type { Command, Outcome } from '../domain/commands.ts';
import type { PoolId, PoolPosition } from '../domain/pool.ts';

const applyCommands = statement('inventory.apply', 'SELECT inventory.apply($1::jsonb) AS answer');

interface ApplyAnswer {
  readonly outcomes: readonly Outcome[];
  readonly changed: readonly boolean[];
  readonly free: readonly number[];
  readonly totals: readonly number[];
  readonly positions: readonly Omit<PoolPosition, 'cell'>[];
}

/** Within a transaction nothing can be tried again: what failed has failed all of it. */
const attemptsInTransaction = 1;
const attemptsAlone = 5;

/** The books in PostgreSQL: over a connection of its own a lane's ledger, within a transaction a part of it. */
export class PgStockLedger extends StockLedger {
  constructor(
    private readonly connection: Queryable,
    private readonly cell: CellId,
    private readonly attemptsMax = attemptsAlone,
  ) {
    super();
  }

  static within(tx: Transaction, cell: CellId): PgStockLedger {
    return new PgStockLedger(tx, cell, attemptsInTransaction);
  }

  async apply(commands: readonly Command[]): Promise<LedgerAnswer> {
    const answer = await this.call(JSON.stringify(commands));
    const known = new Map(answer.positions.map((position) => [position.pool, position]));
    const told = commands
      .filter(({ kind }, at) => kind === 'grant' || isShort(answer.outcomes[at]))
      .map(({ pool }) => pool);
    return {
      verdicts: commands.map((_, at) => ({
        outcome: at in answer.outcomes ? (answer.outcomes[at] as Outcome) : missing(),
        changed: answer.changed[at] ?? missing(),
        free: answer.free[at] ?? missing(),
        total: answer.totals[at] ?? missing(),
      })),
      positions: new Map(
        told.map((pool) => [pool, { ...emptyPosition(pool), ...known.get(pool), cell: this.cell }]),
      ),
    };
  }

  private async call(commands: string): Promise<ApplyAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const [row] = await this.connection.query<{ answer: ApplyAnswer }>(applyCommands, [
          commands,
        ]);
        return row?.answer ?? missing();
      } catch (error) {
        // rolled back for certain, by a deadlock with hands other than ours
        if (classifyDatabaseError(error) !== 'retryable' || attempt === this.attemptsMax)
          throw error;
      }
    }
  }
}

const isShort = (outcome: Outcome | undefined): boolean =>
  outcome === 'SHORT' || outcome === 'DEFERRED';

const emptyPosition = (pool: PoolId) => ({ pool, free: 0, credits: 0, channels: [] });

function missing(): never {
  throw new TypeError('inventory.apply answered for fewer commands than it was given');
}
