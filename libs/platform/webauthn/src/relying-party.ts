import { createHash } from 'node:crypto';

/** For whom passkeys are made: a cell's host name, and the exact origins whose pages may ask for them. */
export interface RelyingParty {
  readonly id: string;
  readonly origins: readonly string[];
}

/** The cell at this origin. The host name stands for it alone: cells are never parts of one domain. */
export const relyingPartyOf = (origin: string): RelyingParty => ({
  id: new URL(origin).hostname,
  origins: [new URL(origin).origin],
});

/**
 * What an officer signs: SHA-256 over a purpose with its version and over what it is about, a line each, in
 * base64url. An assertion for one purpose, request or plan is good for no other. No part may hold a line break.
 */
export function boundChallenge(purpose: string, ...parts: readonly string[]): string {
  const lines = [purpose, ...parts];
  if (lines.some((line) => line.includes('\n'))) throw new RangeError('a part has one line');
  return createHash('sha256').update(lines.join('\n'), 'utf8').digest('base64url');
}
