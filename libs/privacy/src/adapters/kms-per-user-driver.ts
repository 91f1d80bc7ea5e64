import type { SubjectId } from '@entrepot/kernel';
import { SubjectKey } from '@entrepot/platform-crypto';
import type { FormerDataKey } from '@entrepot/platform-crypto';
import { subjectContext } from '../application/key-places.ts';
import type { KeyReserve } from '../application/key-reserve.ts';
import type { KeyService } from '../application/key-service.ts';
import { SubjectKeyDriver } from '../application/subject-key-driver.ts';
import type { LoginEntry, Reservation, StoredKey, VaultStore } from '../application/vault-store.ts';

/**
 * One KMS key per person, and the person's data keys wrapped by it: once the KMS key is destroyed, no
 * copy of the vault opens anything of that person.
 */
export class KmsPerUserDriver extends SubjectKeyDriver {
  override readonly name = 'kms-per-user';
  readonly #store: VaultStore;
  readonly #service: KeyService;
  readonly #reserve: KeyReserve;

  constructor(parts: {
    readonly store: VaultStore;
    readonly service: KeyService;
    readonly reserve: KeyReserve;
  }) {
    super();
    this.#store = parts.store;
    this.#service = parts.service;
    this.#reserve = parts.reserve;
  }

  override assign(subject: SubjectId, login: LoginEntry | undefined): Promise<Reservation> {
    return this.#reserve.assign(subject, login);
  }

  override async open(subject: SubjectId, stored: StoredKey): Promise<SubjectKey | undefined> {
    const keyArn = arnOf(subject, stored);
    const context = subjectContext(subject);
    if (stored.wrapped === undefined) return this.#complete(subject, stored, keyArn);
    const former: FormerDataKey[] = [];
    try {
      for (const { version, wrapped } of stored.former) {
        former.push({ version, key: await this.#service.unwrap(keyArn, wrapped, context) });
      }
      const key = await this.#service.unwrap(keyArn, stored.wrapped, context);
      return new SubjectKey(key, stored.version, former);
    } catch (error) {
      for (const { key } of former) key.fill(0);
      throw error;
    }
  }

  override newWrappedKey(subject: SubjectId, stored: StoredKey): Promise<Buffer> {
    return this.#service.newWrappedKey(arnOf(subject, stored), subjectContext(subject));
  }

  /** A registration does not wait for the data key; the first use makes it. */
  async #complete(
    subject: SubjectId,
    stored: StoredKey,
    keyArn: string,
  ): Promise<SubjectKey | undefined> {
    const made = await this.#service.newDataKey(keyArn, subjectContext(subject));
    if (await this.#store.keepWrapped(subject, made.wrapped)) {
      return new SubjectKey(made.plaintext, stored.version);
    }
    made.plaintext.fill(0);
    return undefined;
  }
}

function arnOf(subject: SubjectId, { keyArn }: StoredKey): string {
  if (keyArn === undefined) throw new Error(`${subject} is usable but has no KMS key`);
  return keyArn;
}
