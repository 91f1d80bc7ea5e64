import type { ErasureRequestId } from '@entrepot/kernel';
import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';

const digits = 10;
export const codeLifetimeSeconds = 900;
export const codeTriesMax = 5;

/** The codes by which guests show that an address is theirs. */
export class GuestIdentity {
  readonly #key: () => Buffer;

  constructor(key: () => Buffer) {
    this.#key = key;
  }

  newCode(): string {
    return Array.from({ length: digits }, () => randomInt(10)).join('');
  }

  /** HMAC-SHA-256, under a key that the database does not have. */
  hashOf(request: ErasureRequestId, code: string): Buffer {
    return createHmac('sha256', this.#key())
      .update(`entrepot-identity-code/1\n${request}\n${code}`, 'utf8')
      .digest();
  }

  isCode(request: ErasureRequestId, { code, hash }: { code: string; hash: Buffer }): boolean {
    return timingSafeEqual(this.hashOf(request, code), hash);
  }
}
