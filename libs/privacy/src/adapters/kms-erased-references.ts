import type { CellId, SubjectId } from '@entrepot/kernel';
import { InnerIndexKey } from '@entrepot/platform-crypto';
import type { EpochStore } from '../application/epoch-store.ts';
import { ErasedReferences } from '../application/erased-references.ts';
import type { KeyService } from '../application/key-service.ts';
import { erasedReference } from '../domain/erased-reference.ts';

/** The key comes from the KMS HMAC key that lives as long as the vault; it stays in memory. */
export class KmsErasedReferences extends ErasedReferences {
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

  override async of(subject: SubjectId): Promise<SubjectId | undefined> {
    const hash = (await this.#keyOf())?.hash('erased subject', subject);
    return hash && erasedReference(this.#cell, hash);
  }

  async #keyOf(): Promise<InnerIndexKey | undefined> {
    if (this.#key !== undefined) return this.#key;
    const keyArn = await this.#store.innerKey();
    if (keyArn === undefined) return undefined;
    this.#key = new InnerIndexKey(
      await this.#service.mac(keyArn, `erased-subject|v1|${this.#cell}`),
    );
    return this.#key;
  }
}
