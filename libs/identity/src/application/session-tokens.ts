import { hashOfSecret } from '@entrepot/platform-crypto';
import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { writeRefreshToken } from '../domain/session.ts';
import type { SessionHolder } from '../domain/session.ts';
import { tokenKinds } from '../domain/token-kinds.ts';
import { IdentitySettings } from './identity-settings.ts';
import type { SessionHashes } from './session-store.ts';
import { TokenSigner } from './token-signer.ts';

/** What a device is given when it signs in or refreshes. */
export interface SessionGrant {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly refreshToken: string;
}

export interface SessionSecrets {
  readonly family: string;
  readonly refresh: string;
  readonly hashes: SessionHashes;
}

export const newSecret = (): string => randomBytes(32).toString('base64url');

/** Derived, so that a refresh can name the session in a new access token though only hashes are kept. */
export const handleOf = (family: string): string =>
  hashOfSecret(`access handle|${family}`).toString('base64url');

export function newSecrets(family = newSecret()): SessionSecrets {
  const refresh = newSecret();
  const hashes = {
    handle: hashOfSecret(handleOf(family)),
    family: hashOfSecret(family),
    refresh: hashOfSecret(refresh),
  };
  return { family, refresh, hashes };
}

@Injectable()
export class SessionTokens {
  constructor(
    private readonly signer: TokenSigner,
    private readonly settings: IdentitySettings,
  ) {}

  async grant(kind: SessionHolder['kind'], secrets: SessionSecrets): Promise<SessionGrant> {
    const { token } = await this.signer.sign(kind, handleOf(secrets.family));
    const { family, refresh } = secrets;
    return {
      accessToken: token,
      expiresInSeconds: tokenKinds[kind].lifetimeSeconds,
      refreshToken: writeRefreshToken({ cell: this.settings.cell, family, secret: refresh }),
    };
  }
}
