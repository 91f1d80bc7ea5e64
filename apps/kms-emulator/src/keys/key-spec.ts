import { generateKeyPairSync, randomBytes } from 'node:crypto';

export type KeyUsage = 'ENCRYPT_DECRYPT' | 'GENERATE_VERIFY_MAC' | 'SIGN_VERIFY';
export type KeySpec = 'SYMMETRIC_DEFAULT' | 'HMAC_256' | 'ECC_NIST_P256';

interface SpecDescription {
  readonly usage: KeyUsage;
  /** The metadata field that lists what the key can do, and its one entry. */
  readonly algorithms: Readonly<Record<string, readonly string[]>>;
  readonly generate: () => Buffer;
  /** How many bytes a caller may import; undefined where the emulator takes none. */
  readonly importedBytes: number | undefined;
}

/** The key specs the emulator knows. A private key is kept as PKCS #8 DER. */
export const keySpecs: Readonly<Record<KeySpec, SpecDescription>> = {
  SYMMETRIC_DEFAULT: {
    usage: 'ENCRYPT_DECRYPT',
    algorithms: { EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'] },
    generate: () => randomBytes(32),
    importedBytes: 32,
  },
  HMAC_256: {
    usage: 'GENERATE_VERIFY_MAC',
    algorithms: { MacAlgorithms: ['HMAC_SHA_256'] },
    generate: () => randomBytes(32),
    importedBytes: 32,
  },
  ECC_NIST_P256: {
    usage: 'SIGN_VERIFY',
    algorithms: { SigningAlgorithms: ['ECDSA_SHA_256'] },
    generate: () =>
      generateKeyPairSync('ec', {
        namedCurve: 'P-256',
        privateKeyEncoding: { format: 'der', type: 'pkcs8' },
        publicKeyEncoding: { format: 'der', type: 'spki' },
      }).privateKey,
    importedBytes: undefined,
  },
};
