import { DomainError, newCellId } from '@entrepot/kernel';
import type { CellId, SubjectId } from '@entrepot/kernel';
import { SubjectVault } from '@entrepot/platform-crypto';
import type { Login, VaultEntry } from '@entrepot/platform-crypto';
import type { LoginIndex } from '../application/login-index.ts';
import type { NewSubjects } from '../application/new-subjects.ts';
import type { VaultStore } from '../application/vault-store.ts';

/** Registrations in the vault. */
export class KmsSubjectVault extends SubjectVault {
  readonly #cell: CellId;
  readonly #store: VaultStore;
  readonly #index: LoginIndex;
  readonly #subjects: NewSubjects;

  constructor(
    cell: CellId,
    parts: { store: VaultStore; index: LoginIndex; subjects: NewSubjects },
  ) {
    super();
    this.#cell = cell;
    this.#store = parts.store;
    this.#index = parts.index;
    this.#subjects = parts.subjects;
  }

  override async reserve(login: Login): Promise<VaultEntry> {
    const known = await this.#index.find(login);
    if (known !== undefined) return known;
    const subject = newCellId('subject', this.#cell);
    const outcome = await this.#subjects.assign(subject, login);
    if (outcome === 'reserved') return { subject, state: 'reserved' };
    const winner = await this.#index.find(login);
    if (winner !== undefined) return winner;
    throw new DomainError('UNAVAILABLE', 'the login was taken and given back meanwhile');
  }

  override find(login: Login): Promise<VaultEntry | undefined> {
    return this.#index.find(login);
  }

  override async activate(subject: SubjectId): Promise<void> {
    if (await this.#store.activate(subject)) return;
    throw new DomainError('SUBJECT_ERASED', `${subject} cannot become active any more`);
  }
}
