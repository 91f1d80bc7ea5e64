import { DomainError, isIdOf } from '@entrepot/kernel';
import { hashOfSecret } from '@entrepot/platform-crypto';
import { TokenVerifier } from '@entrepot/platform-http';
import type { Principal } from '@entrepot/platform-http';
import { Injectable } from '@nestjs/common';
import { SessionStore } from '../application/session-store.ts';
import { TokenReader } from '../application/token-signer.ts';

/** Turns an access token into who it stands for; session and fence are looked up at every request. */
@Injectable()
export class SessionTokenVerifier extends TokenVerifier {
  constructor(
    private readonly reader: TokenReader,
    private readonly sessions: SessionStore,
  ) {
    super();
  }

  override async verify(token: string): Promise<Principal> {
    const { kind, handle } = await this.reader.read(token, ['shopper', 'staff', 'guest-cart']);
    if (kind === 'guest-cart') {
      if (!isIdOf('cart', handle)) throw refused();
      return { kind, cartId: handle };
    }
    const session = await this.sessions.findLive(hashOfSecret(handle));
    if (session === undefined || session.holder.kind !== kind) throw refused();
    const { id: sessionId, subject: subjectId, holder, roles, isRestricted } = session;
    return holder.kind === 'staff'
      ? { kind: 'staff', sessionId, staffId: holder.id, roles, isRestricted }
      : { kind: 'shopper', sessionId, subjectId, accountId: holder.id, isRestricted };
  }
}

const refused = () => new DomainError('UNAUTHENTICATED', 'the session is over');
