import { DomainError, newCellId } from '@entrepot/kernel';
import type { CellId, SubjectId } from '@entrepot/kernel';
import { SubjectVault } from '@entrepot/platform-crypto';
import type { Login, VaultEntry } from '@entrepot/platform-crypto';
import type { KeyReserve } from '../application/key-reserve.ts';
import type { LoginIndexKeys } from '../application/login-index-keys.ts';
import type { VaultStore } from '../application/vault-store.ts';

/** Registrations in the vault, their subjects' keys out of the reserve. */
export class KmsSubjectVault extends SubjectVault {
  readonly #cell: CellId;
  readonly #store: VaultStore;
  readonly #index: LoginIndexKeys;
  readonly #reserve: KeyReserve;

  constructor(
    cell: CellId,
    parts: { store: VaultStore; index: LoginIndexKeys; reserve: KeyReserve },
  ) {
    super();
    this.#cell = cell;
    this.#store = parts.store;
    this.#index = parts.index;
    this.#reserve = parts.reserve;
  }

  override async reserve(login: Login): Promise<VaultEntry> {
    const digests = await this.#index.digestsOf(login);
    const known = await this.#store.findByLogin(digests);
    if (known !== undefined) return known;
    const subject = newCellId('subject', this.#cell);
    const outcome = await this.#reserve.assign(subject, digests);
    if (outcome === 'reserved') return { subject, state: 'reserved' };
    const winner = await this.#store.findByLogin(digests);
    if (winner !== undefined) return winner;
    throw new DomainError('UNAVAILABLE', 'the login was taken and given back meanwhile');
  }

  override async find(login: Login): Promise<VaultEntry | undefined> {
    return this.#store.findByLogin(await this.#index.digestsOf(login));
  }

  override async activate(subject: SubjectId): Promise<void> {
    if (await this.#store.activate(subject)) return;
    throw new DomainError('SUBJECT_ERASED', `${subject} cannot become active any more`);
  }
}
