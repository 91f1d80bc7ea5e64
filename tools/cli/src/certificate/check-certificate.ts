import { erasureCertificateView } from '@entrepot/contracts/api/erasure-certificate';
import type { ErasureCertificateView } from '@entrepot/contracts/api/erasure-certificate';
import { certificateStatement } from '@entrepot/privacy';
import canonicalize from 'canonicalize';

import { BadCertificateError, checkEvidence, parseJson } from './check-evidence.ts';
import type { CheckedEvidence } from './check-evidence.ts';

export interface CheckedCertificate extends CheckedEvidence {
  readonly view: ErasureCertificateView;
}

/**
 * Reads a certificate and checks its signature, with nothing but the text and, if the reader has it, the
 * public key that the cell has published (PEM). Throws BadCertificateError.
 */
export function checkCertificate(text: string, pinnedKey?: string): CheckedCertificate {
  const read = erasureCertificateView.safeParse(parseJson(text));
  if (!read.success) throw new BadCertificateError('This is not a certificate of an erasure.');
  const { certificate, signature } = read.data;
  const statement = certificateStatement(canonicalize(certificate) ?? '');
  const checked = checkEvidence({ statement, signature }, pinnedKey, 'certificate');
  const { unusable, destroyed } = certificate.claims;
  if (Date.parse(unusable.since) > Date.parse(destroyed.at)) {
    throw new BadCertificateError('The key was destroyed before it was unusable: this cannot be.');
  }
  return { view: read.data, ...checked };
}
