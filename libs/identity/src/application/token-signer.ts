import type { TokenKind } from '../domain/token-kinds.ts';

export interface IssuedToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Signs tokens of this cell. `handle` is the one random thing a token carries. */
export abstract class TokenSigner {
  abstract sign(kind: TokenKind, handle: string): Promise<IssuedToken>;
}

/**
 * Reads tokens. Answers the handle of a live token of exactly this kind and cell. Throws
 * HOME_CELL_ELSEWHERE for a valid token of another cell, UNAUTHENTICATED for anything else.
 */
export abstract class TokenReader {
  abstract read(token: string, kinds: readonly TokenKind[]): Promise<ReadToken>;
}

export interface ReadToken {
  readonly kind: TokenKind;
  readonly handle: string;
}
