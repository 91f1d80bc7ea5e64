import { Clock, DomainError, isCellId } from '@entrepot/kernel';
import { hashOfSecret } from '@entrepot/platform-crypto';
import { CellDirectory } from '@entrepot/platform-config';
import { Injectable } from '@nestjs/common';
import { readRefreshToken, sessionLifetimeSeconds } from '../domain/session.ts';
import type { RefreshToken, SessionHolder } from '../domain/session.ts';
import { IdentitySettings } from './identity-settings.ts';
import { newSecrets, SessionTokens } from './session-tokens.ts';
import type { SessionGrant } from './session-tokens.ts';
import { SessionStore } from './session-store.ts';

/**
 * Trades a refresh token for the next pair. Each is good once: an older one means that somebody copied
 * it, and nobody can tell who, so the session ends for everyone who holds a token of it.
 */
@Injectable()
export class RefreshSessionUseCase {
  constructor(
    private readonly sessions: SessionStore,
    private readonly tokens: SessionTokens,
    private readonly clock: Clock,
    private readonly directory: CellDirectory,
    private readonly settings: IdentitySettings,
  ) {}

  async execute(kind: SessionHolder['kind'], presented: string): Promise<SessionGrant> {
    const token = this.readOwn(presented);
    const secrets = newSecrets(token.family);
    const lifetimeMs = sessionLifetimeSeconds[kind] * 1000;
    const outcome = await this.sessions.rotate({
      family: secrets.hashes.family,
      from: hashOfSecret(token.secret),
      to: secrets.hashes.refresh,
      holderKind: kind,
      expiresAt: new Date(this.clock.now().getTime() + lifetimeMs),
    });
    if (outcome !== 'rotated') throw refused();
    return this.tokens.grant(kind, secrets);
  }

  private readOwn(presented: string): RefreshToken {
    const token = readRefreshToken(presented);
    if (token === undefined) throw refused();
    if (token.cell === this.settings.cell) return token;
    const home = isCellId(token.cell) ? this.directory.find(token.cell) : undefined;
    if (home === undefined) throw refused();
    throw new DomainError('HOME_CELL_ELSEWHERE', `home is ${home.id}`, {
      details: { home: { cell: home.id, origin: home.origin } },
    });
  }
}

const refused = () => new DomainError('UNAUTHENTICATED', 'the refresh token is not good any more');
