import { z } from 'zod';
import { moneyView } from './money.ts';

export const cartEditsPerRequestMax = 1_000;
/** Sequence numbers and per-replica totals stay within what JSON and PostgreSQL carry exactly. */
const seqMax = 2_147_483_647;
const slotTotalMax = 1_000_000_000_000;

export const sku = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$/);
export const lineQuantity = z.int().min(1).max(100_000);
export const replicaId = z
  .string()
  .regex(/^[0-9a-z]{16,32}$/, '16 to 32 random characters of 0-9 and a-z')
  .describe('names the device that edits; random, drawn anew for every cart');
const seq = z
  .int()
  .min(1)
  .max(seqMax)
  .describe('counts the edits of a replica from 1, without gaps');

/** One replica's part of a line as a reader saw it; a removal sends it back. */
export const lineSlot = z.strictObject({
  replica: replicaId,
  addedSeq: z.int().min(0).max(seqMax),
  added: z.int().min(0).max(slotTotalMax),
  taken: z.int().min(0).max(slotTotalMax),
});

export const cartOp = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('add'), sku, quantity: lineQuantity }),
  z.strictObject({ type: z.literal('take'), sku, quantity: lineQuantity }),
  z.strictObject({ type: z.literal('remove'), sku, observed: z.array(lineSlot).max(32) }),
]);

export const cartEdit = z.strictObject({ replica: replicaId, seq, op: cartOp });

/** POST /v1/carts */
export const createCartBody = z.strictObject({
  salesChannelId: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/)
    .optional(),
});
export type CreateCartBody = z.infer<typeof createCartBody>;

/** PATCH /v1/carts/{id}/lines: edits in any order, sent again as often as needed. */
export const editCartBody = z.strictObject({
  edits: z.array(cartEdit).min(1).max(cartEditsPerRequestMax),
});
export type EditCartBody = z.infer<typeof editCartBody>;

/** POST /v1/carts/{id}/lines */
export const addLineBody = z.strictObject({ replica: replicaId, seq, sku, quantity: lineQuantity });
export type AddLineBody = z.infer<typeof addLineBody>;

/** PATCH /v1/carts/{id}/lines/{sku}: the line shows this quantity afterwards. */
export const setLineBody = z.strictObject({
  replica: replicaId,
  seq,
  quantity: z.int().min(0).max(100_000),
});
export type SetLineBody = z.infer<typeof setLineBody>;

/** DELETE /v1/carts/{id}/lines/{sku}?replica=&seq= */
export const removeLineQuery = z.strictObject({
  replica: replicaId,
  seq: z.coerce.number().pipe(seq),
});
export type RemoveLineQuery = z.infer<typeof removeLineQuery>;

/** POST /v1/carts/{id}/merge: the guest cart this token stands for goes into the shopper's cart. */
export const mergeCartBody = z.strictObject({ guestCartToken: z.string().min(1).max(4_096) });
export type MergeCartBody = z.infer<typeof mergeCartBody>;

export const cartId = z.string().max(64);
export const cartParams = z.strictObject({ cartId });
export const cartLineParams = z.strictObject({ cartId, sku });

/** `ordering`: an order of the cart is under way, and no edit is taken until it ends. */
export const cartStatus = z.enum(['open', 'merged', 'ordering', 'ordered']);

export const cartLineView = z.strictObject({
  sku,
  quantity: lineQuantity,
  /** Absent when the product is no longer sold here; such a cart cannot be ordered. */
  unitPrice: moneyView.optional(),
  lineTotal: moneyView.optional(),
  priceVersion: z.int().optional(),
  slots: z.array(lineSlot),
});

export const cartView = z.strictObject({
  id: cartId,
  /**
   * Sent back when ordering: the edit counter, which only rises, and a digest of the prices shown. The
   * order is refused when either is no longer what the shopper saw.
   */
  cartVersion: z.string().regex(/^[0-9]{1,15}\.[A-Za-z0-9_-]{22}$/),
  status: cartStatus,
  /** The order that has the cart; only while it is `ordering` or `ordered`. */
  orderId: z.string().optional(),
  salesChannelId: z.string(),
  lines: z.array(cartLineView),
  /** Sum of the priced lines; absent when there are none. */
  total: moneyView.optional(),
  /**
   * What arrived of each replica: `through` without gaps, `waiting` more behind a gap. What waits is not in
   * the cart yet: an order leaves it out, and closes the cart to it.
   */
  replicas: z.array(z.strictObject({ replica: replicaId, through: z.int(), waiting: z.int() })),
});
export type CartView = z.infer<typeof cartView>;

export const createdCartView = cartView.extend({
  /** A fresh replica id for the device that made the cart; its first edit has seq 1. */
  replica: replicaId,
  /** Given to guests only; whoever holds it may read and edit this cart and no other. */
  guestCart: z.strictObject({ token: z.string(), expiresAt: z.string() }).optional(),
});
export type CreatedCartView = z.infer<typeof createdCartView>;
