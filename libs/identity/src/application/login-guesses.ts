import { DomainError } from '@entrepot/kernel';
import { normaliseLogin } from '@entrepot/platform-crypto';
import type { Login } from '@entrepot/platform-crypto';
import { RateLimiter } from '@entrepot/platform-http';
import { Injectable } from '@nestjs/common';

const guessLimit = {
  name: 'identity.login',
  per: 'address',
  limit: 10,
  windowSeconds: 900,
} as const;

/**
 * Guesses at one login, wherever they come from and by whatever door: each place that holds a password against a login, or
 * says whether there is such a login, counts here first.
 */
@Injectable()
export class LoginGuesses {
  readonly #limiter: RateLimiter;

  constructor(limiter: RateLimiter) {
    this.#limiter = limiter;
  }

  /** Counts one, right or wrong. Throws RATE_LIMITED. */
  async count({ audience, email }: Login): Promise<void> {
    const verdict = await this.#limiter.take(guessLimit, `${audience}|${normaliseLogin(email)}`);
    if (verdict.isAllowed) return;
    const { retryAfterSeconds } = verdict;
    throw new DomainError('RATE_LIMITED', 'too many guesses', { details: { retryAfterSeconds } });
  }
}
