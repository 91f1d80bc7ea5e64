import { describe, expect, it } from '@jest/globals';
import { DomainError } from '@entrepot/kernel';
import { RateLimiter } from '@entrepot/platform-http';
import type { RateLimitRule, RateLimitVerdict } from '@entrepot/platform-http';
import type { AccountStore } from './account-store.ts';
import { LoginCheck } from './login-check.ts';
import { LoginGuesses } from './login-guesses.ts';
import { ProvePresence } from './prove-presence.ts';
import type { RegisterShopperUseCase } from './register-shopper.ts';
import { SignUpShopper } from './sign-up-shopper.ts';

class Counter extends RateLimiter {
  readonly counts = new Map<string, number>();

  override take({ name, limit }: RateLimitRule, caller: string): Promise<RateLimitVerdict> {
    const key = `${name} ${caller}`;
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    return Promise.resolve({ isAllowed: count <= limit, retryAfterSeconds: 900 });
  }
}

const email = 'asha@people.example';
const exists = new DomainError('ACCOUNT_EXISTS', 'the address has an account');

/** Every door at which a password is held against a login; none of these is right. */
function doorsOver(guesses: LoginGuesses) {
  const hasher = { verify: () => Promise.resolve(false) } as never;
  const vault = { find: () => Promise.resolve(undefined) } as never;
  const directory = { cells: [] } as never;
  const check = new LoginCheck(vault, hasher, guesses, directory, { cell: 'in-1' } as never);
  const registered: string[] = [];
  const register = {
    execute: (of: { email: string }) => {
      registered.push(of.email);
      return Promise.reject(exists);
    },
  } as unknown as RegisterShopperUseCase;
  const accounts = {
    findCredentials: () => Promise.resolve({ account: { email } }),
  } as unknown as AccountStore;
  const presence = new ProvePresence({} as never, accounts, hasher, guesses);
  const password = 'a guess';
  return {
    registered,
    signIn: (as: string) =>
      check.execute({ audience: 'shopper', email: as, password }, () => Promise.resolve(undefined)),
    signUp: (as: string) =>
      new SignUpShopper(guesses, register).execute({ email: as, password } as never),
    askAgain: () =>
      presence.execute({ subject: 'sub' as never, session: 'ses' as never, password }),
  };
}

describe('guesses at one login', () => {
  it('are ten in all, by whatever door and however the login is written', async () => {
    const limiter = new Counter();
    const doors = doorsOver(new LoginGuesses(limiter));
    for (let round = 0; round < 3; round += 1) {
      await expect(doors.signIn(email)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
      await expect(doors.signUp(` ${email.toUpperCase()}`)).rejects.toBe(exists);
      await expect(doors.askAgain()).rejects.toMatchObject({ code: 'REAUTHENTICATION_REQUIRED' });
    }
    await expect(doors.signUp(email)).rejects.toBe(exists);
    const tried = doors.registered.length;
    for (const door of [doors.signUp, doors.signIn, doors.askAgain]) {
      await expect(door(email)).rejects.toMatchObject({
        ...{ code: 'RATE_LIMITED', details: { retryAfterSeconds: 900 } },
      });
    }
    expect(doors.registered).toHaveLength(tried);
    expect(limiter.counts.size).toBe(1);
    await expect(doors.signUp('other@people.example')).rejects.toBe(exists);
  });
});
