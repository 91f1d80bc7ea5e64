import { createHash, timingSafeEqual } from 'node:crypto';

/** SHA-256 of a secret that is random enough to need no salt: 32 bytes. */
export const hashOfSecret = (secret: string): Buffer =>
  createHash('sha256').update(secret, 'utf8').digest();

/** Compares in a time that tells nothing of content or length. */
export const isSameSecret = (given: string, expected: string): boolean =>
  timingSafeEqual(hashOfSecret(given), hashOfSecret(expected));
