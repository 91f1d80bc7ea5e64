import { slotsOf } from '@entrepot/kernel';
import type { CartEdit, LineSlot, ReplicaId, Sku } from '@entrepot/kernel';
import type { CartView, CreatedCartView, EditCartBody } from '@entrepot/contracts/api/carts';
import type { CreatedCart } from '../application/create-cart.ts';
import type { PricedCart, PricedLine } from '../domain/priced-cart.ts';

export function cartViewOf({ cart, lines, total, cartVersion }: PricedCart): CartView {
  return {
    id: cart.id,
    cartVersion,
    status: cart.status,
    ...(cart.status !== 'open' && cart.orderId && { orderId: cart.orderId }),
    salesChannelId: cart.salesChannelId,
    lines: lines.map((line) => ({
      ...lineViewOf(line),
      slots: slotsOf(cart.state, line.sku).map(({ up, down, ...slot }) => ({
        ...slot,
        added: up,
        taken: down,
      })),
    })),
    ...(total && { total: total.toJSON() }),
    replicas: [...cart.state.replicas].map(([replica, { throughSeq, ahead }]) => ({
      replica,
      through: throughSeq,
      waiting: ahead.size,
    })),
  };
}

export function createdCartViewOf({ priced, replica, guestCart }: CreatedCart): CreatedCartView {
  return {
    ...cartViewOf(priced),
    replica,
    ...(guestCart && {
      guestCart: { token: guestCart.token, expiresAt: guestCart.expiresAt.toISOString() },
    }),
  };
}

function lineViewOf({ sku, quantity, offer, lineTotal }: PricedLine) {
  return {
    sku,
    quantity,
    ...(offer && { unitPrice: offer.unitPrice.toJSON(), priceVersion: offer.priceVersion }),
    ...(lineTotal && { lineTotal: lineTotal.toJSON() }),
  };
}

/** Contract → kernel: the patterns were checked by the contract's schema. */
export function editsOf(body: EditCartBody): CartEdit[] {
  return body.edits.map(({ replica, seq, op }) => ({
    replica: replica as ReplicaId,
    seq,
    op:
      op.type === 'remove'
        ? { type: op.type, sku: op.sku as Sku, observed: op.observed.map(slotOf) }
        : { type: op.type, sku: op.sku as Sku, quantity: op.quantity },
  }));
}

function slotOf(slot: CartView['lines'][number]['slots'][number]): LineSlot {
  const { addedSeq, added, taken } = slot;
  return { replica: slot.replica as ReplicaId, addedSeq, up: added, down: taken };
}
