import type { ErasureRequestId } from '@entrepot/kernel';
import { DomainError } from '@entrepot/kernel';
import { Log } from '@entrepot/platform-telemetry';
import { IdentityCodes } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { ChangeErasure } from './change-erasure.ts';
import { GuestIdentity } from './guest-identity.ts';
import { TakeInErasure } from './take-in-erasure.ts';

/**
 * A guest brings the code that was sent. Nobody is told whether it was the right one, nor whether there is such
 * a request: what comes of it is said by mail.
 */
@Injectable()
export class ShowIdentity {
  constructor(
    private readonly codes: IdentityCodes,
    private readonly identity: GuestIdentity,
    private readonly intake: TakeInErasure,
    private readonly changes: ChangeErasure,
    private readonly log: Log,
  ) {}

  /**
   * Never throws for what the guest sent; what may differ is done after the answer. Answers the passphrase of the
   * copy whose link is sent to the address, if the code was right.
   */
  execute(id: ErasureRequestId, code: string): string | undefined {
    const passphrase = this.intake.newPassphrase();
    void this.show(id, code, passphrase).catch((error: unknown) => {
      this.log.failure('privacy.guest_identity_failed', error);
    });
    return passphrase;
  }

  private async show(
    id: ErasureRequestId,
    code: string,
    passphrase: string | undefined,
  ): Promise<void> {
    const hash = await this.codes.take(id);
    if (hash === undefined || !this.identity.isCode(id, { code, hash })) return;
    await this.codes.remove(id);
    try {
      const request = await this.changes.find(id);
      if (request.status !== 'identity_pending') return;
      const by = { method: 'mail_loop', actor: 'subject', passphrase } as const;
      const verified = await this.intake.verify(request, by);
      await this.intake.plan(verified.request, by);
    } catch (error) {
      // a request without a plan is found by the officers, who make one
      if (!(error instanceof DomainError)) throw error;
    }
  }
}
