import { SignIns } from '@entrepot/identity';
import { Clock, DomainError } from '@entrepot/kernel';
import type { SessionId } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';

/** A device left open is no proof that the person is at it: the password must have been given so lately. */
const freshMs = 10 * 60_000;

@Injectable()
export class FreshSignIn {
  constructor(
    private readonly signIns: SignIns,
    private readonly clock: Clock,
  ) {}

  /** Throws FRESH_SIGN_IN_REQUIRED. */
  async require(session: SessionId): Promise<void> {
    const at = await this.signIns.signedInAt(session);
    if (at !== undefined && this.clock.now().getTime() - at.getTime() <= freshMs) return;
    throw new DomainError('FRESH_SIGN_IN_REQUIRED', 'the password was given too long ago');
  }
}
