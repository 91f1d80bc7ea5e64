import { Module } from '@nestjs/common';
import { OrdersPersonalData } from './adapters/orders-personal-data.ts';
import { PgOrderStore } from './adapters/pg-order-store.ts';
import { OrderStore } from './application/order-store.ts';

/** Needs from the cell, provided globally: ShopDatabase and FieldCipher. */
@Module({
  providers: [{ provide: OrderStore, useClass: PgOrderStore }, OrdersPersonalData],
  exports: [OrderStore, OrdersPersonalData],
})
export class OrdersModule {}
