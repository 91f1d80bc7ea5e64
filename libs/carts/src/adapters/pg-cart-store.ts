import type { CartId, CartState, OrderId, Sku, SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { Queryable, Transaction } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { CartStore } from '../application/cart-store.ts';
import type { NewCart } from '../application/cart-store.ts';
import type { Cart } from '../domain/cart.ts';
import { changedSlots, newWaitingRows, replicaRows, toCart } from './cart-rows.ts';
import type { CartRow } from './cart-rows.ts';

const cartColumns = `
  c.cart_id, c.subject_id, c.owner_kind, c.sales_channel_id, c.status, c.version, c.merged_into,
  c.order_id,
  (SELECT coalesce(json_agg(s), '[]') FROM carts.cart_line_slot s WHERE s.cart_id = c.cart_id)
    AS slots,
  (SELECT coalesce(json_agg(r), '[]') FROM carts.cart_replica r WHERE r.cart_id = c.cart_id)
    AS replicas,
  (SELECT coalesce(json_agg(w), '[]') FROM carts.cart_waiting_edit w WHERE w.cart_id = c.cart_id)
    AS waiting`;

const insertCart = statement(
  'carts.insert_cart',
  `INSERT INTO carts.cart AS c (cart_id, subject_id, owner_kind, sales_channel_id)
   VALUES ($1, $2, $3, $4)
   RETURNING c.cart_id, c.subject_id, c.owner_kind, c.sales_channel_id, c.status, c.version,
     c.merged_into, c.order_id, '[]'::json AS slots, '[]'::json AS replicas, '[]'::json AS waiting`,
);
const findCart = statement(
  'carts.find_cart',
  `SELECT ${cartColumns} FROM carts.cart c WHERE c.cart_id = $1`,
);
const lockCart = statement(
  'carts.lock_cart',
  'SELECT 1 FROM carts.cart WHERE cart_id = $1 FOR UPDATE',
);
const findCartsOfSubject = statement(
  'carts.find_carts_of_subject',
  `SELECT ${cartColumns} FROM carts.cart c WHERE c.subject_id = $1 ORDER BY c.cart_id`,
);
/** All of a change in one statement; nothing where the version is another than $2 or an order has the cart. */
const saveState = statement(
  'carts.save_state',
  `WITH raised AS (
     UPDATE carts.cart SET version = version + 1, order_id = NULL, changed_at = now()
     WHERE cart_id = $1 AND version = $2 AND status = 'open' RETURNING cart_id),
   slots AS (
     INSERT INTO carts.cart_line_slot AS s
       (cart_id, sku, replica, added_seq, up, down, removed_seq, removed_up, removed_down)
     SELECT raised.cart_id, r.* FROM raised, jsonb_to_recordset($3::jsonb)
       AS r(sku text, replica text, added_seq bigint, up bigint, down bigint,
            removed_seq bigint, removed_up bigint, removed_down bigint)
     ON CONFLICT (cart_id, sku, replica) DO UPDATE SET
       added_seq = greatest(s.added_seq, excluded.added_seq),
       up = greatest(s.up, excluded.up),
       down = greatest(s.down, excluded.down),
       removed_seq = greatest(s.removed_seq, excluded.removed_seq),
       removed_up = greatest(s.removed_up, excluded.removed_up),
       removed_down = greatest(s.removed_down, excluded.removed_down)),
   replicas AS (
     INSERT INTO carts.cart_replica AS p (cart_id, replica, through_seq)
     SELECT raised.cart_id, r.* FROM raised, jsonb_to_recordset($4::jsonb)
       AS r(replica text, through_seq bigint)
     ON CONFLICT (cart_id, replica) DO UPDATE
       SET through_seq = greatest(p.through_seq, excluded.through_seq)),
   waiting AS (
     INSERT INTO carts.cart_waiting_edit (cart_id, replica, seq, op)
     SELECT raised.cart_id, r.* FROM raised, jsonb_to_recordset($5::jsonb)
       AS r(replica text, seq bigint, op jsonb)
     ON CONFLICT (cart_id, replica, seq) DO NOTHING),
   absorbed AS (
     DELETE FROM carts.cart_waiting_edit w USING raised, jsonb_to_recordset($4::jsonb)
       AS r(replica text, through_seq bigint)
     WHERE w.cart_id = raised.cart_id AND w.replica = r.replica AND w.seq <= r.through_seq)
   SELECT cart_id FROM raised`,
);
const startOrdering = statement(
  'carts.start_ordering',
  `UPDATE carts.cart SET status = 'ordering', order_id = $3
   WHERE cart_id = $1 AND version = $2 AND status = 'open'`,
);
const resumeOrdering = statement(
  'carts.resume_ordering',
  `UPDATE carts.cart SET status = 'ordering'
   WHERE cart_id = $1 AND order_id = $2 AND status = 'open'`,
);
const reopenCart = statement(
  'carts.reopen',
  `UPDATE carts.cart SET status = 'open'
   WHERE cart_id = $1 AND order_id = $2 AND status = 'ordering'`,
);
/** $3 are the SKUs whose lines stay; edits that still wait for others will never be read. */
const closeOrdered = statement(
  'carts.close_ordered',
  `WITH closed AS (
     UPDATE carts.cart SET status = 'ordered'
     WHERE cart_id = $1 AND order_id = $2 AND status = 'ordering' RETURNING cart_id),
   waiting AS (
     DELETE FROM carts.cart_waiting_edit w USING closed WHERE w.cart_id = closed.cart_id)
   DELETE FROM carts.cart_line_slot s USING closed
   WHERE s.cart_id = closed.cart_id AND s.sku <> ALL ($3::text[])`,
);
const closeMerged = statement(
  'carts.close_merged',
  `WITH closed AS (
     UPDATE carts.cart
     SET status = 'merged', merged_into = $2, order_id = NULL, version = version + 1
     WHERE cart_id = $1 RETURNING cart_id),
   waiting AS (
     DELETE FROM carts.cart_waiting_edit w USING closed WHERE w.cart_id = closed.cart_id)
   DELETE FROM carts.cart_line_slot s USING closed WHERE s.cart_id = closed.cart_id`,
);
const deleteCartsOfSubject = statement(
  'carts.delete_carts_of_subject',
  'DELETE FROM carts.cart WHERE subject_id = $1',
);

@Injectable()
export class PgCartStore extends CartStore {
  async insert(into: Queryable, cart: NewCart): Promise<Cart> {
    const { id, subjectId, ownerKind, salesChannelId } = cart;
    const values = [id, subjectId, ownerKind, salesChannelId];
    const [row] = await into.query<CartRow>(insertCart, values);
    if (row === undefined) throw new TypeError(`the insert of cart ${id} returned no row`);
    return toCart(row);
  }

  async findById(from: Queryable, id: CartId): Promise<Cart | undefined> {
    const [row] = await from.query<CartRow>(findCart, [id]);
    return row && toCart(row);
  }

  /**
   * Two statements on purpose: a sub-select of the statement that waits for the lock would still see the
   * lines as they were before the wait.
   */
  async lockById(tx: Transaction, id: CartId): Promise<Cart | undefined> {
    const isThere = (await tx.execute(lockCart, [id])) === 1;
    return isThere ? this.findById(tx, id) : undefined;
  }

  async saveState(on: Queryable, cart: Cart, next: CartState): Promise<Cart | undefined> {
    const raised = await on.execute(saveState, [
      cart.id,
      cart.version,
      JSON.stringify(changedSlots(cart.state, next)),
      JSON.stringify(replicaRows(next)),
      JSON.stringify(newWaitingRows(cart.state, next)),
    ]);
    return raised === 1 ? { ...cart, version: cart.version + 1, state: next } : undefined;
  }

  async startOrdering(
    tx: Transaction,
    id: CartId,
    version: number,
    orderId: OrderId,
  ): Promise<boolean> {
    return (await tx.execute(startOrdering, [id, version, orderId])) === 1;
  }

  async resumeOrdering(tx: Transaction, id: CartId, orderId: OrderId): Promise<boolean> {
    return (await tx.execute(resumeOrdering, [id, orderId])) === 1;
  }

  async reopen(tx: Transaction, id: CartId, orderId: OrderId): Promise<void> {
    await tx.execute(reopenCart, [id, orderId]);
  }

  async closeOrdered(
    tx: Transaction,
    id: CartId,
    orderId: OrderId,
    skus: readonly Sku[],
  ): Promise<void> {
    await tx.execute(closeOrdered, [id, orderId, skus]);
  }

  async closeMerged(tx: Transaction, guestCartId: CartId, into: CartId): Promise<void> {
    await tx.execute(closeMerged, [guestCartId, into]);
  }

  async findAllOfSubject(from: Queryable, subjectId: SubjectId): Promise<Cart[]> {
    return (await from.query<CartRow>(findCartsOfSubject, [subjectId])).map(toCart);
  }

  deleteAllOfSubject(tx: Transaction, subjectId: SubjectId): Promise<number> {
    return tx.execute(deleteCartsOfSubject, [subjectId]);
  }
}
