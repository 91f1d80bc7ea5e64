import { createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { erasureCertificateView } from '@entrepot/contracts/api/erasure-certificate';
import type { ErasureCertificateView } from '@entrepot/contracts/api/erasure-certificate';
import { certificateStatement } from '@entrepot/privacy';
import canonicalize from 'canonicalize';

/** The account of keys that an emulator made: what they signed is worth nothing outside of a test. */
const testAccount = '000000000000';

/** The file is no certificate, or not what the key has signed. */
export class BadCertificateError extends Error {
  override readonly name = 'BadCertificateError';
}

export interface CheckedCertificate {
  readonly view: ErasureCertificateView;
  /** Whether the key is one that the reader brought, not the one in the file. */
  readonly isKeyPinned: boolean;
  readonly isTest: boolean;
}

/**
 * Reads a certificate and checks its signature, with nothing but the text and, if the reader has it, the
 * public key that the cell has published (PEM). Throws BadCertificateError.
 */
export function checkCertificate(text: string, pinnedKey?: string): CheckedCertificate {
  const read = erasureCertificateView.safeParse(parseJson(text));
  if (!read.success) throw new BadCertificateError('This is not a certificate of an erasure.');
  const { certificate, signature } = read.data;
  const key = p256KeyOf(pinnedKey ?? signature.publicKey);
  const body = canonicalize(certificate) ?? '';
  const value = Buffer.from(signature.value, 'base64url');
  const isSigned = verify(
    'sha256',
    certificateStatement(body),
    { key, dsaEncoding: 'ieee-p1363' },
    value,
  );
  if (!isSigned) throw new BadCertificateError('The certificate is not what the key has signed.');
  const { unusable, destroyed } = certificate.claims;
  if (Date.parse(unusable.since) > Date.parse(destroyed.at)) {
    throw new BadCertificateError('The key was destroyed before it was unusable: this cannot be.');
  }
  const account = signature.keyArn.split(':')[4];
  return {
    view: read.data,
    isKeyPinned: pinnedKey !== undefined,
    isTest: account === testAccount,
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
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
