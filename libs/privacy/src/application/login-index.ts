import type { CellId, SubjectId } from '@entrepot/kernel';
import { DomainError } from '@entrepot/kernel';
import { BlindIndexKey, InnerIndexKey, unlessRejected } from '@entrepot/platform-crypto';
import type { Login, VaultEntry } from '@entrepot/platform-crypto';
import type { EpochStore, LiveEpoch, LoginRow, MovedLogin } from './epoch-store.ts';
import type { KeyEpochs } from './key-epochs.ts';
import { loginPlace, shardOf } from './key-places.ts';
import { KeyGoneError } from './key-service.ts';
import type { KeyService } from './key-service.ts';
import type { ShardKeys } from './shard-keys.ts';
import type { LoginDigest, LoginEntry, VaultStore } from './vault-store.ts';

const fieldOf = ({ audience }: Login): string => `login|${audience}`;
const attemptsMax = 3;

/** A search and its outcome. */
export interface LoginSearch {
  readonly login: Login;
  readonly entry: VaultEntry | undefined;
  /** The search covered this epoch and the one before. */
  readonly newestEpoch: number;
}

/**
 * Finds subjects by their login without holding it. The keys of the living epochs, made by KMS, stay in
 * memory: a login costs no KMS call, and callers that miss together share one. A row moves to the next
 * epoch in one statement, so a search that asks with the digests of all living epochs finds it before
 * and after.
 */
export class LoginIndex {
  readonly #cell: CellId;
  readonly #vault: VaultStore;
  readonly #store: EpochStore;
  readonly #epochs: KeyEpochs;
  readonly #service: KeyService;
  readonly #shardKeys: ShardKeys;
  readonly #keys = new Map<number, Promise<BlindIndexKey>>();
  #inner: Promise<InnerIndexKey> | undefined;

  constructor(
    cell: CellId,
    parts: {
      readonly vault: VaultStore;
      readonly store: EpochStore;
      readonly epochs: KeyEpochs;
      readonly service: KeyService;
      readonly shardKeys: ShardKeys;
    },
  ) {
    this.#cell = cell;
    this.#vault = parts.vault;
    this.#store = parts.store;
    this.#epochs = parts.epochs;
    this.#service = parts.service;
    this.#shardKeys = parts.shardKeys;
  }

  /** Whose the login is. Throws `DomainError('UNAVAILABLE')` while the vault has no epoch. */
  async find(login: Login): Promise<VaultEntry | undefined> {
    return (await this.search(login)).entry;
  }

  /** Whose the login is, and the newest epoch at the moment of the search. */
  async search(login: Login): Promise<LoginSearch> {
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      const digests = await this.#digestsOf(login);
      const { entry, newestEpoch } = await this.#vault.findByLogin(digests);
      // found, or not there for certain: an epoch that is not known here may hold it
      if (entry !== undefined || digests.at(-1)?.epoch === newestEpoch) {
        return { login, entry, newestEpoch };
      }
      this.#epochs.forget();
    }
    throw new DomainError('UNAVAILABLE', 'another epoch was opened at each attempt');
  }

  /**
   * What is to be stored of a new subject's login that was searched for in vain. Undefined where another
   * epoch is open by now: under the one before, somebody may have added the login after the search.
   */
  async entryOf(
    { login, newestEpoch }: LoginSearch,
    subject: SubjectId,
  ): Promise<LoginEntry | undefined> {
    const { audience } = login;
    const open = await this.#epochs.open();
    if (open.epoch !== newestEpoch) return undefined;
    const inner = (await this.#innerKey()).hash(fieldOf(login), login.email);
    const digest = (await this.#keyOf(open)).digest(inner);
    const place = { epoch: open.epoch, shard: shardOf(subject) };
    const at = loginPlace(this.#cell, place, { subject, audience });
    const wrappedInner = await this.#shardKeys.use(place, (key) => key.wrap(inner, at));
    return { epoch: open.epoch, audience, digest, wrappedInner };
  }

  /**
   * The rows as they are to lie under the next epoch; all of one shard. No login name is needed. A
   * damaged row is left out.
   */
  async movedTo(
    to: LiveEpoch,
    rows: readonly LoginRow[],
    from: { readonly epoch: number; readonly shard: number },
  ): Promise<MovedLogin[]> {
    const indexKey = await this.#keyOf(to);
    const target = { epoch: to.epoch, shard: from.shard };
    return this.#shardKeys.useBoth(from, target, (old, next) =>
      rows.flatMap((row) =>
        unlessRejected(() => {
          const inner = old.unwrap(row.wrappedInner, loginPlace(this.#cell, from, row));
          const wrappedInner = next.wrap(inner, loginPlace(this.#cell, target, row));
          const digest = indexKey.digest(inner);
          inner.fill(0);
          return { from: row, digest, wrappedInner };
        }),
      ),
    );
  }

  /** In the order of the epochs; none where the list of epochs was read before one of them ended. */
  async #digestsOf(login: Login): Promise<LoginDigest[]> {
    const live = await this.#epochs.live();
    const inner = (await this.#innerKey()).hash(fieldOf(login), login.email);
    this.#dropOthersThan(live);
    try {
      const keys = await Promise.all(live.map((epoch) => this.#keyOf(epoch)));
      const { audience } = login;
      return keys.map((key) => ({ epoch: key.epoch, audience, digest: key.digest(inner) }));
    } catch (error) {
      if (error instanceof KeyGoneError) return [];
      throw error;
    }
  }

  async #keyOf(live: LiveEpoch): Promise<BlindIndexKey> {
    const { epoch } = live;
    const key = this.#keys.get(epoch) ?? this.#makeKeyOf(live);
    this.#keys.set(epoch, key);
    try {
      return await key;
    } catch (error) {
      if (this.#keys.get(epoch) === key) this.#keys.delete(epoch);
      throw error;
    }
  }

  async #makeKeyOf({ epoch, indexKeyArn }: LiveEpoch): Promise<BlindIndexKey> {
    const bytes = await this.#service.mac(indexKeyArn, `login-index|v1|${this.#cell}|${epoch}`);
    return new BlindIndexKey(epoch, bytes);
  }

  #dropOthersThan(live: readonly LiveEpoch[]): void {
    for (const epoch of this.#keys.keys()) {
      if (!live.some((each) => each.epoch === epoch)) this.#keys.delete(epoch);
    }
  }

  async #innerKey(): Promise<InnerIndexKey> {
    const key = this.#inner ?? this.#makeInnerKey();
    this.#inner = key;
    try {
      return await key;
    } catch (error) {
      if (this.#inner === key) this.#inner = undefined;
      throw error;
    }
  }

  async #makeInnerKey(): Promise<InnerIndexKey> {
    const keyArn = await this.#store.innerKey();
    if (keyArn === undefined)
      throw new DomainError('UNAVAILABLE', 'the login index has no key yet');
    return new InnerIndexKey(await this.#service.mac(keyArn, `login-inner|v1|${this.#cell}`));
  }
}
