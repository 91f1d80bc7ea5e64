import { newCellId } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { SubjectVault } from '@entrepot/platform-crypto';
import { Injectable } from '@nestjs/common';
import type { NewPasskey } from '@entrepot/platform-webauthn';
import type { StaffRole } from '../domain/account.ts';
import { IdentitySettings } from './identity-settings.ts';
import { PasskeyStore } from './passkey-store.ts';
import { PasswordHasher } from './password-hasher.ts';
import { StaffStore } from './staff-store.ts';

export interface NewStaff {
  readonly email: string;
  readonly password: string;
  readonly fullName: string;
  readonly roles: readonly StaffRole[];
  /** One whose private key lies in a file, for demonstrations. */
  readonly passkey?: NewPasskey | undefined;
}

/** Puts someone on the staff; who is there already stays as they are. */
@Injectable()
export class AddStaffUseCase {
  constructor(
    private readonly vault: SubjectVault,
    private readonly staff: StaffStore,
    private readonly hasher: PasswordHasher,
    private readonly passkeys: PasskeyStore,
    private readonly settings: IdentitySettings,
  ) {}

  /** Answers whether the person is new. */
  async execute({ password, passkey, ...person }: NewStaff): Promise<boolean> {
    const { subject, state } = await this.vault.reserve({ audience: 'staff', email: person.email });
    const passwordHash = await this.hasher.hash(password);
    const member = { ...person, id: newCellId('staff', this.settings.cell), subject };
    const isNew = await this.staff.insert(member, passwordHash);
    if (state !== 'active') await this.vault.activate(subject);
    if (passkey !== undefined) await this.addPasskey(subject, passkey);
    return isNew;
  }

  private async addPasskey(subject: SubjectId, passkey: NewPasskey): Promise<void> {
    const staffId = await this.staff.findId(subject);
    if (staffId === undefined) return;
    await this.passkeys.insert({
      ...{ ...passkey, staffId, subject, isDemo: true, vouching: undefined },
    });
  }
}
