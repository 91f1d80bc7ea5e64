import { Module } from '@nestjs/common';
import { PgOrderStore } from './adapters/pg-order-store.ts';
import { OrderStore } from './application/order-store.ts';

/** Needs from the cell, provided globally: ShopDatabase. */
@Module({
  providers: [{ provide: OrderStore, useClass: PgOrderStore }],
  exports: [OrderStore],
})
export class OrdersModule {}
