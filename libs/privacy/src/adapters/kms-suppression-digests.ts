import { DomainError } from '@entrepot/kernel';
import type { CellId } from '@entrepot/kernel';
import { InnerIndexKey } from '@entrepot/platform-crypto';
import type { EpochStore } from '../application/epoch-store.ts';
import type { KeyService } from '../application/key-service.ts';
import { SuppressionDigests } from '../application/suppression-digests.ts';

/** The key stays in memory, so that a message costs no KMS call. */
export class KmsSuppressionDigests extends SuppressionDigests {
  readonly #cell: CellId;
  readonly #store: EpochStore;
  readonly #service: KeyService;
  #key: InnerIndexKey | undefined;

  constructor(cell: CellId, parts: { readonly store: EpochStore; readonly service: KeyService }) {
    super();
    this.#cell = cell;
    this.#store = parts.store;
    this.#service = parts.service;
  }

  override async of(email: string): Promise<Buffer> {
    return (await this.#keyOf()).hash('suppression', email);
  }

  async #keyOf(): Promise<InnerIndexKey> {
    if (this.#key !== undefined) return this.#key;
    const keyArn = await this.#store.innerKey();
    if (keyArn === undefined)
      throw new DomainError('UNAVAILABLE', 'the vault has no index key yet');
    this.#key = new InnerIndexKey(await this.#service.mac(keyArn, `suppression|v1|${this.#cell}`));
    return this.#key;
  }
}
