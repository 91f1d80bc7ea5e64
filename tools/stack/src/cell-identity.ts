import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';

import type { SecretStore } from './secret-store.ts';

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
export function kidOf(publicKey: KeyObject): string {
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

/** Reads the cell's identity from its secrets, making what is missing. */
export async function ensureCellIdentity(
  cell: string,
  secrets: SecretStore,
): Promise<CellIdentity> {
  const names = identitySecrets(cell);
  if (!secrets.has(names.tlsCertificate)) {
    // Once per clone; the library is large and every other start does without it.
    const { makeCertificate } = await import('./cell-certificate.ts');
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
