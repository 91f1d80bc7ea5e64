import { Clock, newCellId } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { sessionLifetimeSeconds } from '../domain/session.ts';
import type { SessionHolder } from '../domain/session.ts';
import { IdentitySettings } from './identity-settings.ts';
import { newSecrets, SessionTokens } from './session-tokens.ts';
import type { SessionGrant } from './session-tokens.ts';
import { SessionStore } from './session-store.ts';

/** Starts a session for someone who has proved who they are. */
@Injectable()
export class StartSession {
  constructor(
    private readonly sessions: SessionStore,
    private readonly tokens: SessionTokens,
    private readonly clock: Clock,
    private readonly settings: IdentitySettings,
  ) {}

  async execute(subject: SubjectId, holder: SessionHolder): Promise<SessionGrant> {
    const secrets = newSecrets();
    const lifetimeMs = sessionLifetimeSeconds[holder.kind] * 1000;
    await this.sessions.insert({
      id: newCellId('session', this.settings.cell),
      subject,
      holder,
      hashes: secrets.hashes,
      expiresAt: new Date(this.clock.now().getTime() + lifetimeMs),
    });
    return this.tokens.grant(holder.kind, secrets);
  }
}
