import { QuotaGranted } from '@entrepot/contracts/events/inventory';
import { DomainError, isCellId } from '@entrepot/kernel';
import { onEvent, type EventConsumer } from '@entrepot/platform-messaging';
import type { ApplyGrants } from '../application/apply-grants.ts';
import type { StockMap } from '../application/stock-map.ts';
import { poolIdOf } from '../domain/pool.ts';
import { PgStockLedger } from './pg-stock-ledger.ts';

/**
 * Takes in what other cells have given, where the borrow's own answer did not bring it already. The version of a
 * grant is its epoch and then its number: a donor that was restored counts anew in the next epoch, and what it says
 * there comes behind all that it said before.
 */
export const quotaGrantsConsumer = (apply: ApplyGrants, map: StockMap): EventConsumer => ({
  name: 'inventory.quota-grants',
  versions: 'rising',
  handlers: [
    onEvent(QuotaGranted, async (tx, { cell, body }) => {
      if (body.receiver !== map.cell) return;
      // a key speaks only for its own cell: nobody grants in the name of another
      if (body.donor !== cell || !isCellId(cell)) {
        throw new DomainError('FORBIDDEN', 'the grant was not told by its donor');
      }
      const { epoch, grantedTotal } = body;
      const pool = poolIdOf(body.warehouse, body.sku);
      // of a warehouse that this cell does not know yet: kept among the dead letters
      map.homeOf(pool);
      const totals = [{ pool, grantedTotal }];
      await apply.execute(cell, { epoch, totals }, PgStockLedger.within(tx, map.cell));
    }),
  ],
});
