import type { ErasureRequestId } from '@entrepot/kernel';
import { RateLimiter } from '@entrepot/platform-http';
import { Log } from '@entrepot/platform-telemetry';
import { Injectable } from '@nestjs/common';
import { FindGuest } from './find-guest.ts';
import type { GuestWish } from './find-guest.ts';
import { SendIdentityCode } from './send-identity-code.ts';
import { TakeInErasure } from './take-in-erasure.ts';

/** Letters with codes to one person: each wish sends one, and brings five more tries. */
const codeLimit = {
  name: 'erasure.identity_codes',
  per: 'person',
  limit: 5,
  windowSeconds: 86_400,
} as const;

/**
 * Somebody asks without a session. Whoever asks gets the same answer at once: a number, under which there is a
 * request only where order and address belong together; all that may differ is done after the answer.
 */
@Injectable()
export class AskErasureAsGuest {
  constructor(
    private readonly guests: FindGuest,
    private readonly intake: TakeInErasure,
    private readonly codes: SendIdentityCode,
    private readonly limiter: RateLimiter,
    private readonly log: Log,
  ) {}

  execute(wish: GuestWish): ErasureRequestId {
    const id = this.intake.newId();
    void this.takeIn(id, wish).catch((error: unknown) => {
      this.log.failure('privacy.guest_request_failed', error);
    });
    return id;
  }

  private async takeIn(id: ErasureRequestId, wish: GuestWish): Promise<void> {
    const subject = await this.guests.execute(wish);
    if (subject === undefined) return;
    // the wish before it stays as it is: who asks too often does not put out the code of who asked once
    if (!(await this.limiter.take(codeLimit, subject)).isAllowed) return;
    const request = await this.intake.receive({ subject, requestedBy: undefined, id });
    if (request.id !== id) return;
    await this.intake.askIdentity(request);
    await this.codes.execute(id, subject);
  }
}
