import { linesOf, PersonalDataOwner } from '@entrepot/kernel';
import type { ErasureOutcome, PersonalDataExtract, SubjectId } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { CartStore } from '../application/cart-store.ts';

/** A person's carts: shown whole on request, deleted whole at erasure. */
@Injectable()
export class CartsPersonalData extends PersonalDataOwner {
  readonly tables = ['carts.cart'];

  constructor(
    private readonly database: ShopDatabase,
    private readonly store: CartStore,
  ) {
    super();
  }

  async exportFor(subject: SubjectId): Promise<PersonalDataExtract[]> {
    const carts = await this.store.findAllOfSubject(this.database, subject);
    const records = carts.map(({ id, status, salesChannelId, orderId, state }) => ({
      ...{ id, status, salesChannelId, orderId: orderId ?? null },
      lines: linesOf(state),
    }));
    return [{ section: 'carts', records }];
  }

  async erase(subject: SubjectId): Promise<ErasureOutcome[]> {
    const deleted = await this.database.unitOfWork((tx) =>
      this.store.deleteAllOfSubject(tx, subject),
    );
    return [{ store: 'carts.cart', matched: deleted, deleted, left: 0 }];
  }
}
