import type { ErasureRequestId } from '@entrepot/kernel';

export interface NewIdentityCode {
  readonly request: ErasureRequestId;
  /** HMAC-SHA-256 of the code. */
  readonly hash: Buffer;
  readonly lifetimeSeconds: number;
  readonly triesMax: number;
}

/** Codes that were sent to somebody who has to show that an address is theirs. */
export abstract class IdentityCodes {
  /** One code of a request, ever. */
  abstract put(code: NewIdentityCode): Promise<void>;
  /**
   * The hash to hold a guess against; each call is one try less. Undefined when none is left, time is over, or the request
   * does not wait for it any more: a newer wish made it give way.
   */
  abstract take(request: ErasureRequestId): Promise<Buffer | undefined>;
  abstract remove(request: ErasureRequestId): Promise<void>;
}
