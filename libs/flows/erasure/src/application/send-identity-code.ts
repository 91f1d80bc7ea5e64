import { ReadContact } from '@entrepot/identity';
import type { ErasureRequestId, SubjectId } from '@entrepot/kernel';
import { Mailer } from '@entrepot/platform-mail';
import { IdentityCodes } from '@entrepot/privacy';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { codeLifetimeSeconds, codeTriesMax, GuestIdentity } from './guest-identity.ts';

/** Sends a code to the address that a request is about. */
@Injectable()
export class SendIdentityCode {
  constructor(
    private readonly codes: IdentityCodes,
    private readonly identity: GuestIdentity,
    private readonly contacts: ReadContact,
    // where no mail goes out, a guest waits until an officer looks
    @Optional() @Inject(Mailer) private readonly mailer?: Mailer,
  ) {}

  async execute(request: ErasureRequestId, subject: SubjectId): Promise<void> {
    const contact = await this.contacts.execute(subject);
    if (contact === undefined) return;
    const code = this.identity.newCode();
    await this.codes.put({
      ...{ request, hash: this.identity.hashOf(request, code) },
      ...{ lifetimeSeconds: codeLifetimeSeconds, triesMax: codeTriesMax },
    });
    await this.mailer?.send({
      ...{ kind: 'identity_code', to: contact.email, locale: contact.locale },
      ...{ values: { code }, reference: `${request}:identity` },
    });
  }
}
