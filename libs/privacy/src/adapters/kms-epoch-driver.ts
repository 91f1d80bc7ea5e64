import type { CellId, SubjectId } from '@entrepot/kernel';
import { SubjectKey, WrappingKey } from '@entrepot/platform-crypto';
import { randomBytes } from 'node:crypto';
import type { KeyEpochs } from '../application/key-epochs.ts';
import { dataKeyPlace, kekPlace, shardOf } from '../application/key-places.ts';
import { KeyGoneError } from '../application/key-service.ts';
import type { ShardKeys } from '../application/shard-keys.ts';
import { SubjectKeyDriver } from '../application/subject-key-driver.ts';
import type { LoginEntry, Reservation, StoredKey, VaultStore } from '../application/vault-store.ts';

const keyBytes = 32;
const firstVersion = 1;

/**
 * A key encryption key per person, under a shard key, under the KMS root of an epoch. No key of KMS is
 * made for a person; once the row with the wrapped key is deleted and the roots that ever wrapped it are
 * destroyed, no copy of the vault opens anything of that person.
 */
export class KmsEpochDriver extends SubjectKeyDriver {
  override readonly name = 'kms-epoch';
  readonly #cell: CellId;
  readonly #store: VaultStore;
  readonly #epochs: KeyEpochs;
  readonly #shardKeys: ShardKeys;

  constructor(
    cell: CellId,
    parts: {
      readonly store: VaultStore;
      readonly epochs: KeyEpochs;
      readonly shardKeys: ShardKeys;
    },
  ) {
    super();
    this.#cell = cell;
    this.#store = parts.store;
    this.#epochs = parts.epochs;
    this.#shardKeys = parts.shardKeys;
  }

  override async assign(subject: SubjectId, login: LoginEntry | undefined): Promise<Reservation> {
    const { epoch } = await this.#epochs.open();
    const place = { epoch, shard: shardOf(subject) };
    const at = kekPlace(this.#cell, place, subject);
    const wrapped = await this.#shardKeys.use(place, (shardKey) => newKeys(shardKey, at, subject));
    return this.#store.reserveWrapped(subject, login, { ...place, ...wrapped });
  }

  override open(subject: SubjectId, stored: StoredKey): Promise<SubjectKey> {
    return this.#withKek(subject, stored, (kek) => {
      const { wrapped, version } = stored;
      if (wrapped === undefined) throw new Error(`${subject} is usable but has no data key`);
      const unwrap = (key: Buffer, at: number) => kek.unwrap(key, dataKeyPlace(subject, at));
      const former = stored.former.map((key) => ({
        version: key.version,
        key: unwrap(key.wrapped, key.version),
      }));
      return new SubjectKey(unwrap(wrapped, version), version, former);
    });
  }

  override newWrappedKey(subject: SubjectId, stored: StoredKey): Promise<Buffer> {
    return this.#withKek(subject, stored, (kek) => newDataKey(kek, subject, stored.version + 1));
  }

  async #withKek<T>(
    subject: SubjectId,
    { kek: stored }: StoredKey,
    work: (kek: WrappingKey) => T,
  ): Promise<T> {
    if (stored?.shardKey === undefined) throw new KeyGoneError('the epoch of the key is destroyed');
    const at = kekPlace(this.#cell, stored, subject);
    return this.#shardKeys.use(stored.shardKey, (shardKey) => {
      const kek = new WrappingKey(shardKey.unwrap(stored.wrapped, at));
      try {
        return work(kek);
      } finally {
        kek.close();
      }
    });
  }
}

/** A key encryption key wrapped under a shard key, and a data key wrapped under it. */
function newKeys(shardKey: WrappingKey, at: string, subject: SubjectId) {
  const bytes = randomBytes(keyBytes);
  const wrappedKek = shardKey.wrap(bytes, at);
  const kek = new WrappingKey(bytes);
  const wrappedKey = newDataKey(kek, subject, firstVersion);
  kek.close();
  return { wrappedKek, wrappedKey };
}

function newDataKey(kek: WrappingKey, subject: SubjectId, version: number): Buffer {
  const key = randomBytes(keyBytes);
  const wrapped = kek.wrap(key, dataKeyPlace(subject, version));
  key.fill(0);
  return wrapped;
}
