import { newCellId } from '@entrepot/kernel';
import { SubjectVault } from '@entrepot/platform-crypto';
import { Injectable } from '@nestjs/common';
import type { StaffRole } from '../domain/account.ts';
import { IdentitySettings } from './identity-settings.ts';
import { PasswordHasher } from './password-hasher.ts';
import { StaffStore } from './staff-store.ts';

export interface NewStaff {
  readonly email: string;
  readonly password: string;
  readonly fullName: string;
  readonly roles: readonly StaffRole[];
}

/** Puts someone on the staff; who is there already stays as they are. */
@Injectable()
export class AddStaffUseCase {
  constructor(
    private readonly vault: SubjectVault,
    private readonly staff: StaffStore,
    private readonly hasher: PasswordHasher,
    private readonly settings: IdentitySettings,
  ) {}

  /** Answers whether the person is new. */
  async execute({ password, ...person }: NewStaff): Promise<boolean> {
    const { subject, state } = await this.vault.reserve({ audience: 'staff', email: person.email });
    const passwordHash = await this.hasher.hash(password);
    const member = { ...person, id: newCellId('staff', this.settings.cell), subject };
    const isNew = await this.staff.insert(member, passwordHash);
    if (state !== 'active') await this.vault.activate(subject);
    return isNew;
  }
}
