import type { TotalsBody, TotalsView } from '@entrepot/contracts/api/cell-inventory';
import type { CellId } from '@entrepot/kernel';
import type { Apply } from '../domain/commands.ts';
import type { PoolId } from '../domain/pool.ts';
import { StockMap } from './stock-map.ts';
import type { StockLedger } from './stock-ledger.ts';

export interface PeerTotals {
  readonly epoch: number;
  readonly totals: TotalsBody['totals'];
}

/** Takes in what a peer says it has given, ever; says what has now been taken in. */
export class ApplyGrants {
  constructor(private readonly map: StockMap) {}

  /** @param ledger the lane of this process, or the transaction of the event that told of it. */
  async execute(
    donor: CellId,
    { epoch, totals }: PeerTotals,
    ledger: Pick<StockLedger, 'apply'>,
  ): Promise<TotalsView> {
    const commands = totals.map(({ pool: id, grantedTotal: total }): Apply => {
      const pool = id as PoolId;
      return { kind: 'apply', pool, home: this.map.homeOf(pool), peer: donor, total, epoch };
    });
    const { verdicts } = await ledger.apply(commands);
    return {
      totals: commands.map(({ pool }, at) => ({ pool, appliedTotal: verdicts[at]?.total ?? 0 })),
    };
  }
}
