import { constants, generateKeyPair, privateDecrypt, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { KmsError } from '../errors.ts';
import { rateExceeded } from '../rates/request-rates.ts';

export const wrappingKeyBits = { RSA_2048: 2048, RSA_3072: 3072, RSA_4096: 4096 } as const;
export type WrappingKeySpec = keyof typeof wrappingKeyBits;

export const wrappingHashes = { RSAES_OAEP_SHA_1: 'sha1', RSAES_OAEP_SHA_256: 'sha256' } as const;
export type WrappingAlgorithm = keyof typeof wrappingHashes;

/** What a token is good for, and until when. */
interface Issued {
  readonly keyId: string;
  readonly algorithm: WrappingAlgorithm;
  readonly privateKey: KeyObject;
  readonly validTo: number;
}

/** A public wrapping key and the token that goes with it. */
export interface ImportParameters {
  readonly token: Buffer;
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Buffer;
  readonly validTo: number;
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GetParametersForImport.html */
const validMs = 24 * 3_600_000;
const tokenBytes = 64;
/** Wrapping keys that may be known at once: tens of megabytes, and more than tests ask for in a day. */
const issuedMax = 5000;

/**
 * The RSA keys under which callers send key material. Their private halves live in this object only:
 * with the process every material that was ever sent is out of reach for good.
 */
export class WrappingKeys {
  readonly #now: () => number;
  readonly #max: number;
  readonly #issued = new Map<string, Issued>();
  #inMaking = 0;

  constructor(now: () => number, max = issuedMax) {
    this.#now = now;
    this.#max = max;
  }

  /** Throws as beyond a rate when too many of them are about. */
  async issue(
    keyId: string,
    spec: WrappingKeySpec,
    algorithm: WrappingAlgorithm,
  ): Promise<ImportParameters> {
    this.#forgetOld();
    if (this.#issued.size + this.#inMaking >= this.#max) throw rateExceeded();
    const pair = await this.#makePair(spec);
    const token = randomBytes(tokenBytes);
    const validTo = this.#now() + validMs;
    const { privateKey } = pair;
    this.#issued.set(token.toString('hex'), { keyId, algorithm, privateKey, validTo });
    return { token, publicKey: pair.publicKey.export({ format: 'der', type: 'spki' }), validTo };
  }

  /** The bytes that were wrapped for this key. */
  unwrap(keyId: string, token: Buffer, wrapped: Buffer): Buffer {
    const issued = this.#issued.get(token.toString('hex'));
    if (issued?.keyId !== keyId) {
      throw new KmsError('InvalidImportTokenException', 'The import token is not of this key.');
    }
    if (issued.validTo <= this.#now()) {
      throw new KmsError('ExpiredImportTokenException', 'The import token is expired.');
    }
    try {
      const padding = constants.RSA_PKCS1_OAEP_PADDING;
      const oaepHash = wrappingHashes[issued.algorithm];
      return privateDecrypt({ key: issued.privateKey, padding, oaepHash }, wrapped);
    } catch {
      throw new KmsError('InvalidCiphertextException', 'The key material cannot be unwrapped.');
    }
  }

  async #makePair(spec: WrappingKeySpec) {
    this.#inMaking += 1;
    try {
      return await promisify(generateKeyPair)('rsa', { modulusLength: wrappingKeyBits[spec] });
    } finally {
      this.#inMaking -= 1;
    }
  }

  /** A token is known for a while after its time, so that its holder is told that it is too old. */
  #forgetOld(): void {
    const now = this.#now();
    for (const [token, { validTo }] of this.#issued) {
      if (validTo + validMs <= now) this.#issued.delete(token);
    }
  }
}
