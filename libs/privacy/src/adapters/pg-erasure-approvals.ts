import type { ShopDatabase } from '@entrepot/platform-database';
import type { ErasureRequestId } from '@entrepot/kernel';
import { ErasureApprovals } from '../application/destroy-keys.ts';
import type { ErasureRequest } from '../domain/erasure-request.ts';
import { PgErasureStore } from './pg-erasure-store.ts';

/** The approvals as the shop holds them, read with a login that may only read. */
export class PgErasureApprovals extends ErasureApprovals {
  readonly #store: PgErasureStore;

  constructor(database: ShopDatabase) {
    super();
    this.#store = new PgErasureStore(database);
  }

  override extracted(rowsMax: number): Promise<ErasureRequest[]> {
    return this.#store.inStatus('extracted', rowsMax);
  }

  override find(id: ErasureRequestId): Promise<ErasureRequest | undefined> {
    return this.#store.find(id);
  }
}
