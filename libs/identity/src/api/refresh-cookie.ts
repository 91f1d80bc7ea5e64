import type { SessionView } from '@entrepot/contracts/api/identity';
import { DomainError } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { IdentitySettings } from '../application/identity-settings.ts';
import type { SessionGrant } from '../application/session-tokens.ts';
import { sessionLifetimeSeconds } from '../domain/session.ts';
import type { SessionHolder } from '../domain/session.ts';

type Kind = SessionHolder['kind'];

/** The prefix makes browsers insist on HTTPS, this very host and the whole path (RFC 6265bis). */
const cookieNames = {
  shopper: '__Host-entrepot-refresh',
  staff: '__Host-entrepot-staff-refresh',
} as const satisfies Record<Kind, string>;

/**
 * Where a refresh token lives: in the answer, or in a cookie that no script reads and no other site
 * sends. The cookie counts only with the header Origin of one of the cell's own pages.
 */
@Injectable()
export class RefreshCookie {
  constructor(private readonly settings: IdentitySettings) {}

  /** The answer for a grant; with `cookie` the refresh token goes into a cookie instead. */
  answer(
    grant: SessionGrant,
    place: { kind: Kind; in: 'body' | 'cookie' },
    http: { request: FastifyRequest; reply: FastifyReply },
  ): SessionView {
    const { refreshToken, accessToken, expiresInSeconds } = grant;
    const view = { accessToken, tokenType: 'Bearer', expiresInSeconds } as const;
    if (place.in === 'body') return { ...view, refreshToken };
    this.assertOwnOrigin(http.request);
    this.set(http.reply, place.kind, refreshToken);
    return view;
  }

  /** The refresh token of the cookie; throws UNAUTHENTICATED without one. */
  read(request: FastifyRequest, kind: Kind): string {
    this.assertOwnOrigin(request);
    const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
    const found = pairs.filter((pair) => pair.startsWith(`${cookieNames[kind]}=`));
    const [only] = found;
    if (only === undefined || found.length > 1) {
      throw new DomainError('UNAUTHENTICATED', 'there is no refresh token');
    }
    return only.slice(cookieNames[kind].length + 1);
  }

  clear(reply: FastifyReply, kind: Kind): void {
    reply.header('set-cookie', cookieText(cookieNames[kind], '', 0));
  }

  assertOwnOrigin(request: FastifyRequest): void {
    const { origin } = request.headers;
    if (origin !== undefined && this.settings.browserOrigins.includes(origin)) return;
    throw new DomainError('ORIGIN_NOT_ALLOWED', 'the cookie is for pages of this cell only');
  }

  private set(reply: FastifyReply, kind: Kind, token: string): void {
    const text = cookieText(cookieNames[kind], token, sessionLifetimeSeconds[kind]);
    reply.header('set-cookie', text);
  }
}

const cookieText = (name: string, value: string, maxAgeSeconds: number): string =>
  `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; Secure; HttpOnly; SameSite=Strict`;
