import type { AccountId, SessionId, StaffId, SubjectId } from '@entrepot/kernel';

export type SessionHolder =
  | { readonly kind: 'shopper'; readonly id: AccountId }
  | { readonly kind: 'staff'; readonly id: StaffId };

/** A signed-in device, and for staff the roles they hold now. */
export interface LiveSession {
  readonly id: SessionId;
  readonly subject: SubjectId;
  readonly holder: SessionHolder;
  readonly roles: readonly string[];
  /** The data of the person are stored and not used (GDPR Article 18). */
  readonly isRestricted: boolean;
}

const secondsPerDay = 86_400;

/** How long a device stays signed in without being used. Staff sign in anew every day. */
export const sessionLifetimeSeconds = {
  shopper: 30 * secondsPerDay,
  staff: secondsPerDay / 2,
} as const;

/**
 * A refresh token is `<cell>.<family>.<secret>`. The family is the session's for life, the secret is
 * good once: whoever comes with an older secret proves that the token was copied.
 */
export interface RefreshToken {
  readonly cell: string;
  readonly family: string;
  readonly secret: string;
}

const pattern = /^([a-z]{2}-[1-9][0-9]{0,2})\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/;

export const writeRefreshToken = ({ cell, family, secret }: RefreshToken): string =>
  `${cell}.${family}.${secret}`;

/** Undefined for anything that `writeRefreshToken` cannot have written. */
export function readRefreshToken(text: string): RefreshToken | undefined {
  const [, cell, family, secret] = pattern.exec(text) ?? [];
  if (cell === undefined || family === undefined || secret === undefined) return undefined;
  return { cell, family, secret };
}
