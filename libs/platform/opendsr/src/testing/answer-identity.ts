// The X.509 library keeps its registry in reflected metadata, which must exist before it is loaded.
import 'reflect-metadata';

import { webcrypto } from 'node:crypto';
import {
  cryptoProvider,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

export interface AnswerIdentity {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

const dayMs = 86_400_000;

/** What a processor of a test signs with; of this machine and valid for a day unless said otherwise. */
export async function makeAnswerIdentity({
  host = '127.0.0.1',
  notBefore = new Date(Date.now() - dayMs),
  notAfter = new Date(Date.now() + dayMs),
} = {}): Promise<AnswerIdentity> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  cryptoProvider.set(webcrypto);
  const type = /^[\d.]+$/.test(host) ? 'ip' : 'dns';
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...{ name: 'CN=processor', notBefore, notAfter, signingAlgorithm: algorithm, keys },
    extensions: [new SubjectAlternativeNameExtension([{ type, value: host }])],
  });
  const privateKey = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    privateKeyPem: PemConverter.encode(privateKey, 'PRIVATE KEY'),
    certificatePem: certificate.toString('pem'),
  };
}
