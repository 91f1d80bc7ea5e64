import { ProvePresence, SignIns } from '@entrepot/identity';
import type { Presence } from '@entrepot/identity';
import { Clock, DomainError } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';

/** A device left open is no proof that the person is at it: the password must have been given so lately. */
const freshMs = 10 * 60_000;

@Injectable()
export class FreshSignIn {
  constructor(
    private readonly signIns: SignIns,
    private readonly presence: ProvePresence,
    private readonly clock: Clock,
  ) {}

  /**
   * Somebody whose data are restricted cannot sign in anew: the password does as well. Throws
   * FRESH_SIGN_IN_REQUIRED, and for a password what ProvePresence throws.
   */
  async require({ subject, session, password }: Presence): Promise<void> {
    if (password !== undefined) return this.presence.execute({ subject, session, password });
    const at = await this.signIns.signedInAt(session);
    if (at !== undefined && this.clock.now().getTime() - at.getTime() <= freshMs) return;
    throw new DomainError('FRESH_SIGN_IN_REQUIRED', 'the password was given too long ago');
  }
}
