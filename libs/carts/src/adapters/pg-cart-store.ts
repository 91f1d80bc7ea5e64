import { compactCart } from '@entrepot/kernel';
import type { CartId, CartState, OrderId, SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { Queryable, Transaction } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { CartStore } from '../application/cart-store.ts';
import type { NewCart } from '../application/cart-store.ts';
import type { Cart } from '../domain/cart.ts';
import { changedSlots, replicaRows, toCart, waitingRows } from './cart-rows.ts';
import type { CartRow } from './cart-rows.ts';

const cartColumns = `
  c.cart_id, c.subject_id, c.owner_kind, c.sales_channel_id, c.status, c.version, c.merged_into,
  (SELECT coalesce(json_agg(s), '[]') FROM carts.cart_line_slot s WHERE s.cart_id = c.cart_id)
    AS slots,
  (SELECT coalesce(json_agg(r), '[]') FROM carts.cart_replica r WHERE r.cart_id = c.cart_id)
    AS replicas,
  (SELECT coalesce(json_agg(w), '[]') FROM carts.cart_waiting_edit w WHERE w.cart_id = c.cart_id)
    AS waiting`;

const insertCart = statement(
  'carts.insert_cart',
  `INSERT INTO carts.cart (cart_id, subject_id, owner_kind, sales_channel_id)
   VALUES ($1, $2, $3, $4)`,
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
const raiseVersion = statement(
  'carts.raise_version',
  `UPDATE carts.cart SET version = version + 1, changed_at = now()
   WHERE cart_id = $1 AND version = $2`,
);
const saveSlots = statement(
  'carts.save_slots',
  `INSERT INTO carts.cart_line_slot AS s
     (cart_id, sku, replica, added_seq, up, down, removed_seq, removed_up, removed_down)
   SELECT $1, r.* FROM jsonb_to_recordset($2::jsonb)
     AS r(sku text, replica text, added_seq bigint, up bigint, down bigint,
          removed_seq bigint, removed_up bigint, removed_down bigint)
   ON CONFLICT (cart_id, sku, replica) DO UPDATE SET
     added_seq = greatest(s.added_seq, excluded.added_seq),
     up = greatest(s.up, excluded.up),
     down = greatest(s.down, excluded.down),
     removed_seq = greatest(s.removed_seq, excluded.removed_seq),
     removed_up = greatest(s.removed_up, excluded.removed_up),
     removed_down = greatest(s.removed_down, excluded.removed_down)`,
);
const saveReplicas = statement(
  'carts.save_replicas',
  `INSERT INTO carts.cart_replica AS p (cart_id, replica, through_seq)
   SELECT $1, r.* FROM jsonb_to_recordset($2::jsonb) AS r(replica text, through_seq bigint)
   ON CONFLICT (cart_id, replica) DO UPDATE
     SET through_seq = greatest(p.through_seq, excluded.through_seq)`,
);
const saveWaiting = statement(
  'carts.save_waiting',
  `INSERT INTO carts.cart_waiting_edit (cart_id, replica, seq, op)
   SELECT $1, r.* FROM jsonb_to_recordset($2::jsonb) AS r(replica text, seq bigint, op jsonb)
   ON CONFLICT (cart_id, replica, seq) DO NOTHING`,
);
const dropAbsorbed = statement(
  'carts.drop_absorbed',
  `DELETE FROM carts.cart_waiting_edit w USING carts.cart_replica r
   WHERE w.cart_id = $1 AND r.cart_id = w.cart_id AND r.replica = w.replica
     AND w.seq <= r.through_seq`,
);
const dropWaiting = statement(
  'carts.drop_waiting',
  'DELETE FROM carts.cart_waiting_edit WHERE cart_id = $1',
);
const dropLinesExcept = statement(
  'carts.drop_lines_except',
  'DELETE FROM carts.cart_line_slot WHERE cart_id = $1 AND sku <> ALL ($2::text[])',
);
const closeCart = statement(
  'carts.close_cart',
  `UPDATE carts.cart SET status = $2, merged_into = $3, order_id = $4, version = version + 1
   WHERE cart_id = $1`,
);
const deleteCartsOfSubject = statement(
  'carts.delete_carts_of_subject',
  'DELETE FROM carts.cart WHERE subject_id = $1',
);

@Injectable()
export class PgCartStore extends CartStore {
  async insert(tx: Transaction, cart: NewCart): Promise<Cart> {
    const { id, subjectId, ownerKind, salesChannelId } = cart;
    await tx.execute(insertCart, [id, subjectId, ownerKind, salesChannelId]);
    return this.present(tx, id);
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

  async saveState(tx: Transaction, cart: Cart, next: CartState): Promise<Cart> {
    const raised = await tx.execute(raiseVersion, [cart.id, cart.version]);
    if (raised !== 1) throw new TypeError(`cart ${cart.id} was changed without its lock`);
    const slots = changedSlots(cart.state, next);
    if (slots.length > 0) await tx.execute(saveSlots, [cart.id, JSON.stringify(slots)]);
    await tx.execute(saveReplicas, [cart.id, JSON.stringify(replicaRows(next))]);
    const hadWaiting = waitingRows(cart.state).length > 0;
    const waiting = waitingRows(next);
    if (waiting.length > 0) await tx.execute(saveWaiting, [cart.id, JSON.stringify(waiting)]);
    if (hadWaiting) await tx.execute(dropAbsorbed, [cart.id]);
    return { ...cart, version: cart.version + 1, state: next };
  }

  async closeMerged(tx: Transaction, guestCart: Cart, into: CartId): Promise<void> {
    await this.keepLines(tx, guestCart.id, []);
    await tx.execute(closeCart, [guestCart.id, 'merged', into, null]);
  }

  async closeOrdered(tx: Transaction, cart: Cart, orderId: OrderId): Promise<void> {
    await this.keepLines(tx, cart.id, [...compactCart(cart.state).skus.keys()]);
    await tx.execute(closeCart, [cart.id, 'ordered', null, orderId]);
  }

  async findAllOfSubject(from: Queryable, subjectId: SubjectId): Promise<Cart[]> {
    return (await from.query<CartRow>(findCartsOfSubject, [subjectId])).map(toCart);
  }

  deleteAllOfSubject(tx: Transaction, subjectId: SubjectId): Promise<number> {
    return tx.execute(deleteCartsOfSubject, [subjectId]);
  }

  private async keepLines(tx: Transaction, id: CartId, skus: readonly string[]): Promise<void> {
    await tx.execute(dropLinesExcept, [id, skus]);
    await tx.execute(dropWaiting, [id]);
  }

  private async present(tx: Transaction, id: CartId): Promise<Cart> {
    const cart = await this.findById(tx, id);
    if (cart === undefined) throw new TypeError(`cart ${id} vanished inside its own transaction`);
    return cart;
  }
}
