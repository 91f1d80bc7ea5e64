// Reserves single units as fast as it can and tells its parent each order before it asks.
import { newCellId, type CellId } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import { PgStockLedger } from '../src/adapters/pg-stock-ledger.ts';
import { reservationIdOf } from '../src/application/reservation-ids.ts';
import type { PoolId } from '../src/domain/pool.ts';

const { SPEC_DATABASE_URL: url = '', SPEC_POOL: pool = '' } = process.env;
const cell = 'in-1' as CellId;
const shop = new ShopDatabase({ url, connectionsMax: 1, applicationName: 'killed by a spec' });
const ledger = new PgStockLedger(shop.dedicated(), cell);

for (;;) {
  const order = newCellId('order', cell);
  process.send?.(order);
  await ledger.apply([
    {
      kind: 'reserve',
      pool: pool as PoolId,
      reservation: reservationIdOf(order, pool as PoolId, 1),
      order,
      group: order,
      quantity: 1,
      holdSeconds: 600,
    },
  ]);
}
