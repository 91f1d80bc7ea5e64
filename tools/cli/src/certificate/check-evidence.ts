import { createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** The account of keys that an emulator made: what they signed is worth nothing outside of a test. */
const testAccount = '000000000000';

/** The file is none that a cell signs, or not what the key has signed. */
export class BadCertificateError extends Error {
  override readonly name = 'BadCertificateError';
}

export interface Evidence {
  readonly statement: Buffer;
  readonly signature: {
    readonly keyArn: string;
    readonly publicKey: string;
    /** r and s in base64url. */
    readonly value: string;
  };
}

export interface CheckedEvidence {
  /** Whether the key is one that the reader brought, not the one in the file. */
  readonly isKeyPinned: boolean;
  readonly isTest: boolean;
}

/**
 * Checks what the evidence key of a cell has signed, with the public key in it or, if the reader has it, with the one
 * that the cell has published (PEM). Throws BadCertificateError, whose sentence names the thing as `what`.
 */
export function checkEvidence(
  { statement, signature }: Evidence,
  pinnedKey: string | undefined,
  what: string,
): CheckedEvidence {
  const key = p256KeyOf(pinnedKey ?? signature.publicKey);
  const value = Buffer.from(signature.value, 'base64url');
  if (!verify('sha256', statement, { key, dsaEncoding: 'ieee-p1363' }, value)) {
    throw new BadCertificateError(`The ${what} is not what the key has signed.`);
  }
  return {
    isKeyPinned: pinnedKey !== undefined,
    isTest: signature.keyArn.split(':')[4] === testAccount,
  };
}

function p256KeyOf(pem: string): KeyObject {
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  } catch (cause) {
    throw new BadCertificateError('The key is not a public key in PEM.', { cause });
  }
  throw new BadCertificateError('The key is not one of P-256.');
}

/** Undefined for what is no JSON, which no schema takes. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
