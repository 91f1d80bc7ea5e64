import { Injectable } from '@nestjs/common';
import type { Account } from '../domain/account.ts';
import { LoginGuesses } from './login-guesses.ts';
import { RegisterShopperUseCase } from './register-shopper.ts';
import type { Registration } from './register-shopper.ts';

/**
 * A registration that comes from outside. It says whether an address has an account and, to whoever brings the right
 * password, which: so it counts as a guess at that login.
 */
@Injectable()
export class SignUpShopper {
  constructor(
    private readonly guesses: LoginGuesses,
    private readonly register: RegisterShopperUseCase,
  ) {}

  /** Throws RATE_LIMITED, before anything is read or stored, and what RegisterShopperUseCase throws. */
  async execute(registration: Registration): Promise<Account> {
    await this.guesses.count({ audience: 'shopper', email: registration.email });
    return this.register.execute(registration);
  }
}
