import { describe, expect, it } from '@jest/globals';
import { SystemClock } from '@entrepot/kernel';
import type { CellId, CountryCode } from '@entrepot/kernel';
import type { SubjectVault } from '@entrepot/platform-crypto';
import type { AccountStore } from './account-store.ts';
import { IdentitySettings } from './identity-settings.ts';
import type { PasswordHasher } from './password-hasher.ts';
import { RegisterShopperUseCase } from './register-shopper.ts';

const reached = new Error('the vault was asked');
/** Nothing of a person is stored before the vault has reserved a key. */
const vault = { reserve: () => Promise.reject(reached) } as unknown as SubjectVault;

function registering(ageDeclaration: 'adult' | 'minor' | undefined, residence = 'IN') {
  const settings = new IdentitySettings({
    ...{ cell: 'in-1' as CellId, browserOrigins: [], takesDemoPasskeys: false },
    relyingParty: { id: '', origins: [] },
    asksAge: (country, at) => country === 'IN' && at instanceof Date,
  });
  const [accounts, hasher] = [{} as AccountStore, {} as PasswordHasher];
  const register = new RegisterShopperUseCase(vault, accounts, hasher, new SystemClock(), settings);
  return register.execute({
    ...{ email: 'asha@people.example', password: 'correct horse', fullName: 'Asha Rao' },
    ...{ language: 'en', residence: residence as CountryCode, ageDeclaration },
  });
}

describe('a registration where the law asks for an age', () => {
  it('asks whoever registers in India for their age, and stores nothing of a minor', async () => {
    await expect(registering(undefined)).rejects.toMatchObject({
      code: 'AGE_DECLARATION_REQUIRED',
    });
    await expect(registering('minor')).rejects.toMatchObject({ code: 'MINOR_NOT_SERVED' });
    await expect(registering('adult')).rejects.toBe(reached);
  });

  it('asks nobody elsewhere', async () => {
    await expect(registering(undefined, 'DE')).rejects.toBe(reached);
  });
});
