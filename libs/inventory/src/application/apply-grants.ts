import type { CellId } from '@entrepot/kernel';
import type { Apply } from '../domain/commands.ts';
import type { AppliedTotals, GrantedTotals } from './peer-inventory.ts';
import type { StockMap } from './stock-map.ts';
import type { StockLedger } from './stock-ledger.ts';

/**
 * Takes in what a peer says it has given, ever; says what has now been taken in. What lies in a warehouse that this cell
 * does not know stays on its way.
 */
export class ApplyGrants {
  constructor(private readonly map: StockMap) {}

  /** @param ledger the lane of this process, or the transaction of the event that told of it. */
  async execute(
    donor: CellId,
    { epoch, totals }: GrantedTotals,
    ledger: Pick<StockLedger, 'apply'>,
  ): Promise<AppliedTotals> {
    const known = totals.filter(({ pool }) => this.map.isKnown(pool));
    const commands = known.map(({ pool, grantedTotal: total }): Apply => ({
      kind: 'apply',
      pool,
      home: this.map.homeOf(pool),
      peer: donor,
      total,
      epoch,
    }));
    const { verdicts } = await ledger.apply(commands);
    return {
      totals: commands.map(({ pool }, at) => ({ pool, appliedTotal: verdicts[at]?.total ?? 0 })),
    };
  }
}
