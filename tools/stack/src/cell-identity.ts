import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { webcrypto } from 'node:crypto';

import {
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

import type { SecretStore } from './secret-store.ts';

const certificateYears = 10;
const kidCharacters = 16;

export interface EnvelopeKey {
  readonly kid: string;
  readonly publicKeyPem: string;
}

/** What a cell shows to others; the private halves never leave its secrets. */
export interface CellIdentity {
  /** Ed25519: signs everything the cell sends over the border. */
  readonly envelopeKeys: readonly EnvelopeKey[];
  /** ES256: signs the access tokens of the cell's own people. */
  readonly tokenKeys: readonly JsonWebKey[];
  /** Self-signed; the others trust this very certificate and no authority. */
  readonly cellCertificatePem: string;
}

/** Names of the private halves under the secrets folder. */
export const identitySecrets = (cell: string) => ({
  envelopeKey: `${cell}/border/envelope-key.pem`,
  tokenKey: `${cell}/api/token-signing-key.jwk.json`,
  tlsKey: `${cell}/border/tls-key.pem`,
  tlsCertificate: `${cell}/border/tls-certificate.pem`,
});

/** A short name for a key that anyone can derive from its public half. */
function kidOf(publicKey: KeyObject): string {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('base64url').slice(0, kidCharacters);
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function envelopeKeyOf(secrets: SecretStore, name: string): EnvelopeKey {
  const stored = secrets.orMake(name, () => pem(generateKeyPairSync('ed25519').privateKey));
  const publicKey = createPublicKey(createPrivateKey(stored));
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { kid: kidOf(publicKey), publicKeyPem };
}

function tokenKeyOf(secrets: SecretStore, name: string): JsonWebKey {
  const stored = secrets.orMake(name, () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = privateKey.export({ format: 'jwk' });
    return JSON.stringify({ ...jwk, kid: kidOf(publicKey), alg: 'ES256', use: 'sig' });
  });
  const jwk = JSON.parse(stored) as JsonWebKey;
  delete jwk.d;
  return jwk;
}

/** RFC 5280: an end-entity certificate for both ends of mutual TLS. */
async function makeCertificate(cell: string) {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const notBefore = new Date();
  const notAfter = new Date(notBefore);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + certificateYears);
  cryptoProvider.set(webcrypto);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${cell}`,
    notBefore,
    notAfter,
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      new SubjectAlternativeNameExtension([
        { type: 'dns', value: `${cell}.localhost` },
        { type: 'ip', value: '127.0.0.1' },
      ]),
    ],
  });
  const privateKey = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    certificatePem: `${certificate.toString('pem')}\n`,
    privateKeyPem: `${PemConverter.encode(privateKey, 'PRIVATE KEY')}\n`,
  };
}

/** Reads the cell's identity from its secrets, making what is missing. */
export async function ensureCellIdentity(
  cell: string,
  secrets: SecretStore,
): Promise<CellIdentity> {
  const names = identitySecrets(cell);
  if (!secrets.has(names.tlsCertificate)) {
    const made = await makeCertificate(cell);
    secrets.write(names.tlsKey, made.privateKeyPem);
    // Last, because its presence says that the key is there too.
    secrets.write(names.tlsCertificate, made.certificatePem);
  }
  return {
    envelopeKeys: [envelopeKeyOf(secrets, names.envelopeKey)],
    tokenKeys: [tokenKeyOf(secrets, names.tokenKey)],
    cellCertificatePem: secrets.read(names.tlsCertificate),
  };
}
