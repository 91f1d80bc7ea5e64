import type { OrderId, SubjectId } from '@entrepot/kernel';
import { DomainError } from '@entrepot/kernel';
import type { Transaction } from '@entrepot/platform-database';
import { isUniqueViolation, ShopDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import type { OrderPosition, StoredOrder, StoredRecipient } from '../application/order-store.ts';
import { orderLeaseSeconds, OrderStore, shopperActionSeconds } from '../application/order-store.ts';
import type { Order } from '../domain/order.ts';
import type { OrderRow } from './order-row.ts';
import { toLineJson, toOrder, toRecipient } from './order-row.ts';
import {
  endRound,
  findOrder,
  findOrderPage,
  findOrdersOfPerson,
  findRestingOrders,
  oldestOpenOrder,
  forgetPerson,
  forgetRecipient,
  insertOrder,
  insertRecipient,
  lockOrder,
  putDownOrder,
  raiseFence,
  recipientOfOrder,
  saveOrder,
  takeUpOrder,
} from './order-statements.ts';

interface SavedRow {
  readonly version: number;
  readonly attempted_at: Date;
  readonly confirmed_at: Date | null;
}

/** Another order of the same cart is under way, or has sold it. */
function refuseSecondSale(error: unknown): never {
  if (!isUniqueViolation(error, 'order_one_per_cart')) throw error;
  throw new DomainError('CART_CLOSED', 'another order of this cart is under way', {
    details: { cartStatus: 'ordering' },
  });
}

const toStored = (row: OrderRow): StoredOrder => ({
  order: toOrder(row),
  addressCiphertext: row.address ?? undefined,
  ...(row.recipient ? { recipient: toRecipient(row.recipient) } : {}),
});

const insertRecipientOf = async (
  tx: Transaction,
  orderId: OrderId,
  recipient: StoredRecipient | undefined,
): Promise<void> => {
  if (recipient === undefined) return;
  const { subjectId, addressCiphertext, messageCiphertext } = recipient;
  const values = [subjectId, addressCiphertext, messageCiphertext].map((value) => value ?? null);
  await tx.execute(insertRecipient, [orderId, ...values]);
};

@Injectable()
export class PgOrderStore extends OrderStore {
  constructor(private readonly database: ShopDatabase) {
    super();
  }

  async insert(tx: Transaction, stored: StoredOrder): Promise<Order> {
    const { order, addressCiphertext, recipient } = stored;
    const inserted = tx.query<{ placed_at: Date }>(insertOrder, [
      order.orderId,
      order.subjectId ?? null,
      order.salesChannelId,
      order.currency,
      order.cartId ?? null,
      order.onShortage,
      order.total.amountMinor,
      order.taxIncluded.amountMinor,
      addressCiphertext ?? null,
      order.paymentMethod,
      order.paymentToken ?? null,
      orderLeaseSeconds,
      JSON.stringify(order.lines.map(toLineJson)),
    ]);
    const [[placed]] = await Promise.all([
      inserted.catch(refuseSecondSale),
      insertRecipientOf(tx, order.orderId, recipient),
    ]);
    if (placed === undefined) throw new TypeError(`the insert of ${order.orderId} returned no row`);
    return { ...order, placedAt: placed.placed_at, attemptedAt: placed.placed_at };
  }

  async lockById(tx: Transaction, orderId: OrderId): Promise<Order | undefined> {
    const [row] = await tx.query<OrderRow>(lockOrder, [orderId]);
    return row && toOrder(row);
  }

  async findById(orderId: OrderId): Promise<StoredOrder | undefined> {
    const [row] = await this.database.query<OrderRow>(findOrder, [orderId]);
    return row && toStored(row);
  }

  async pageOf(
    subjectId: SubjectId,
    { after, limit }: { readonly after?: OrderPosition; readonly limit: number },
  ): Promise<Order[]> {
    const rows = await this.database.query<OrderRow>(findOrderPage, [
      subjectId,
      after?.placedAt ?? null,
      after?.orderId ?? null,
      limit,
    ]);
    return rows.map(toOrder);
  }

  async save(tx: Transaction, order: Order): Promise<Order> {
    const written = tx.query<SavedRow>(saveOrder, [
      order.orderId,
      order.fencingToken,
      order.status,
      order.reserveRound,
      order.paymentAttempt,
      order.total.amountMinor,
      order.taxIncluded.amountMinor,
      order.refusalCode ?? null,
      JSON.stringify(order.lines.filter((line) => line.dropped !== undefined).map(toLineJson)),
      orderLeaseSeconds,
      order.paymentMethod,
      order.paymentToken ?? null,
      shopperActionSeconds,
    ]);
    const [saved] = await written.catch(refuseSecondSale);
    if (saved === undefined) {
      throw new DomainError('ORDER_TAKEN_UP_ELSEWHERE', 'another request took this order up');
    }
    return {
      ...order,
      version: saved.version,
      attemptedAt: saved.attempted_at,
      ...(saved.confirmed_at === null ? {} : { confirmedAt: saved.confirmed_at }),
    };
  }

  async shutOutHolder(tx: Transaction, order: Order): Promise<Order> {
    const [row] = await tx.query<{ fencing_token: bigint }>(raiseFence, [order.orderId]);
    if (row === undefined) throw new TypeError(`order ${order.orderId} vanished under its lock`);
    return { ...order, fencingToken: row.fencing_token };
  }

  async takeUp(orderId: OrderId): Promise<StoredOrder | undefined> {
    const [row] = await this.database.query<OrderRow>(takeUpOrder, [orderId, orderLeaseSeconds]);
    return row && toStored(row);
  }

  async findResting({
    restedSeconds,
    limit,
  }: {
    readonly restedSeconds: number;
    readonly limit: number;
  }): Promise<OrderId[]> {
    const rows = await this.database.query<{ order_id: OrderId }>(findRestingOrders, [
      restedSeconds,
      limit,
    ]);
    return rows.map((row) => row.order_id);
  }

  async oldestOpenSeconds(): Promise<number> {
    const [row] = await this.database.query<{ seconds: number }>(oldestOpenOrder);
    return row?.seconds ?? 0;
  }

  /** Each in a transaction of its own: rows keep its number, which would join the orders of one person. */
  async forgetPerson(subjectId: SubjectId): Promise<number> {
    const orders = await this.database.query<{ order_id: OrderId }>(findOrdersOfPerson, [
      subjectId,
    ]);
    let forgotten = 0;
    for (const { order_id: orderId } of orders) {
      forgotten += await this.database.execute(forgetPerson, [orderId, subjectId]);
    }
    return forgotten;
  }

  forgetRecipient(subjectId: SubjectId): Promise<number> {
    return this.database.execute(forgetRecipient, [subjectId]);
  }

  async recipientOf(orderId: OrderId): Promise<SubjectId | undefined> {
    const values = [orderId];
    const [row] = await this.database.query<{ subject: SubjectId | null }>(
      recipientOfOrder,
      values,
    );
    return row?.subject ?? undefined;
  }

  async endRound(order: Order): Promise<void> {
    await this.database.execute(endRound, [order.orderId, order.fencingToken]);
  }

  async putDown(order: Order): Promise<void> {
    await this.database.execute(putDownOrder, [order.orderId, order.fencingToken]);
  }
}
