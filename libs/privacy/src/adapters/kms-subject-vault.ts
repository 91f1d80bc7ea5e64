import { DomainError, newCellId } from '@entrepot/kernel';
import type { CellId, SubjectId } from '@entrepot/kernel';
import { SubjectVault } from '@entrepot/platform-crypto';
import type { Login, VaultEntry } from '@entrepot/platform-crypto';
import type { LoginIndex } from '../application/login-index.ts';
import type { NewSubjects } from '../application/new-subjects.ts';
import type { VaultStore } from '../application/vault-store.ts';

/** The first loses to another registration or to a new epoch, the next one finds what was there. */
const attemptsMax = 4;

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
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      const searched = await this.#index.search(login);
      if (searched.entry !== undefined) return searched.entry;
      const subject = newCellId('subject', this.#cell);
      const outcome = await this.#subjects.assignWithLogin(subject, searched);
      if (outcome === 'reserved') return { subject, state: 'reserved' };
    }
    throw new DomainError('UNAVAILABLE', 'each attempt met another registration or a new epoch');
  }

  override async reserveWithoutLogin(): Promise<SubjectId> {
    const subject = newCellId('subject', this.#cell);
    await this.#subjects.assign(subject);
    return subject;
  }

  override find(login: Login): Promise<VaultEntry | undefined> {
    return this.#index.find(login);
  }

  override async activate(subject: SubjectId): Promise<void> {
    if (await this.#store.activate(subject)) return;
    throw new DomainError('SUBJECT_ERASED', `${subject} cannot become active any more`);
  }
}
