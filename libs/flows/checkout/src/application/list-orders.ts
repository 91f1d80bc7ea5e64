import type { OrderListQuery, OrderPage } from '@entrepot/contracts/api/orders';
import type { OrderId, SubjectId } from '@entrepot/kernel';
import { OrderStore } from '@entrepot/orders';
import { CursorCodec } from '@entrepot/platform-http';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';

const cursors = new CursorCodec(
  z.strictObject({ placedAt: z.iso.datetime(), orderId: z.string() }),
);

/** A shopper's orders, newest first. */
@Injectable()
export class ListOrders {
  constructor(private readonly orders: OrderStore) {}

  async execute(subjectId: SubjectId, { limit, cursor }: OrderListQuery): Promise<OrderPage> {
    const position = cursor === undefined ? undefined : cursors.decode(cursor);
    const found = await this.orders.pageOf(subjectId, {
      limit: limit + 1,
      ...(position === undefined
        ? {}
        : {
            after: {
              placedAt: new Date(position.placedAt),
              orderId: position.orderId as OrderId,
            },
          }),
    });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      items: page.map(({ orderId, status, placedAt, total }) => ({
        id: orderId,
        status,
        placedAt: placedAt.toISOString(),
        total: total.toJSON(),
      })),
      nextCursor:
        found.length > limit && last !== undefined
          ? cursors.encode({ placedAt: last.placedAt.toISOString(), orderId: last.orderId })
          : null,
    };
  }
}
