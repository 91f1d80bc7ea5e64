import type { ErasureRequestId } from '@entrepot/kernel';
import { Log } from '@entrepot/platform-telemetry';
import { Injectable } from '@nestjs/common';
import { FindGuest } from './find-guest.ts';
import type { GuestWish } from './find-guest.ts';
import { SendIdentityCode } from './send-identity-code.ts';
import { TakeInErasure } from './take-in-erasure.ts';

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
    const request = await this.intake.receive({ subject, requestedBy: undefined, id });
    if (request.id !== id) return;
    await this.intake.askIdentity(request);
    await this.codes.execute(id, subject);
  }
}
