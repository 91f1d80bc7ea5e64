import type { SubjectId } from '@entrepot/kernel';

/** Shoppers and staff log in apart: one person may be both, with one address. */
export type LoginAudience = 'shopper' | 'staff';

export interface Login {
  readonly audience: LoginAudience;
  readonly email: string;
}

export interface VaultEntry {
  readonly subject: SubjectId;
  readonly state: 'reserved' | 'active' | 'fenced' | 'destroyed';
}

/**
 * The vault's half of a registration. The vault is another database than the shop, so a registration is
 * three steps: reserve here, write the account there, activate here; each may be repeated.
 */
export abstract class SubjectVault {
  /** Gives the login a new subject with a key, or answers whose the login is already. */
  abstract reserve(login: Login): Promise<VaultEntry>;
  /**
   * Gives somebody who never signs in, such as the recipient of a gift, a new subject with a key. What
   * nobody activates goes back, as a registration does that stopped half-way.
   */
  abstract reserveWithoutLogin(): Promise<SubjectId>;
  abstract find(login: Login): Promise<VaultEntry | undefined>;
  /** Throws `DomainError('SUBJECT_ERASED')` when the subject was fenced meanwhile. */
  abstract activate(subject: SubjectId): Promise<void>;
}
