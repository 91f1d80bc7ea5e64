import { Module } from '@nestjs/common';
import { OrdersPersonalData } from './adapters/orders-personal-data.ts';
import { PgOrderStore } from './adapters/pg-order-store.ts';
import { GiftRecipients } from './application/gift-recipients.ts';
import { OrderStore } from './application/order-store.ts';

/** Needs from the cell, provided globally: ShopDatabase, SubjectVault and FieldCipher. */
@Module({
  providers: [{ provide: OrderStore, useClass: PgOrderStore }, GiftRecipients, OrdersPersonalData],
  exports: [OrderStore, GiftRecipients, OrdersPersonalData],
})
export class OrdersModule {}
