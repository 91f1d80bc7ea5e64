import { createHash } from 'node:crypto';

/** A strong entity tag over the exact bytes of a representation. */
export const strongEtag = (content: string | Uint8Array): string =>
  `"${createHash('sha256').update(content).digest('base64url').slice(0, 27)}"`;

/** A weak entity tag from a version, for representations that are equal but not byte for byte. */
export const weakEtag = (version: string | number | bigint): string => `W/"${version}"`;

/** Whether If-None-Match names the tag, by weak comparison (RFC 9110 §13.1.2): answer 304. */
export function isNotModified(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  const opaque = (tag: string): string => tag.trim().replace(/^W\//, '');
  return ifNoneMatch.split(',').some((candidate) => opaque(candidate) === opaque(etag));
}
