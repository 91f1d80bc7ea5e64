import { isIdOf } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { OrderStore } from '@entrepot/orders';
import { SubjectVault } from '@entrepot/platform-crypto';
import { Injectable } from '@nestjs/common';

/** What somebody without a session says about themselves. */
export interface GuestWish {
  readonly orderId: string;
  readonly email: string;
}

/** Finds whom a guest means: the order must be that of whoever signs in with the address. */
@Injectable()
export class FindGuest {
  constructor(
    private readonly orders: OrderStore,
    private readonly vault: SubjectVault,
  ) {}

  async execute({ orderId, email }: GuestWish): Promise<SubjectId | undefined> {
    const entry = await this.vault.find({ audience: 'shopper', email });
    const stored = isIdOf('order', orderId) ? await this.orders.findById(orderId) : undefined;
    const owner = stored?.order.subjectId;
    return entry?.state === 'active' && owner === entry.subject ? owner : undefined;
  }
}
