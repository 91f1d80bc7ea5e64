import type { Command } from '../../domain/commands.ts';
import { StockLedger, type LedgerAnswer } from '../stock-ledger.ts';
import type { RecoveryBooks } from './recovery-books.ts';

/**
 * Books that doubt themselves: a peer that took in more than they remember giving is proof that they lost what was
 * durable, whatever the witness was told. The cell recovers before it sells again.
 */
export class DoubtingLedger extends StockLedger {
  constructor(
    private readonly ledger: StockLedger,
    private readonly books: Pick<RecoveryBooks, 'begin'>,
  ) {
    super();
  }

  async apply(commands: readonly Command[]): Promise<LedgerAnswer> {
    const answer = await this.ledger.apply(commands);
    const isBehind = answer.verdicts.some(({ outcome }) => outcome === 'REGRESSED');
    if (isBehind) await this.books.begin(0);
    return answer;
  }
}
