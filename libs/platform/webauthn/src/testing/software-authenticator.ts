import { isoCBOR } from '@simplewebauthn/server/helpers';
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
} from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import type { AssertionOptions } from '../assertion.ts';
import type { CreationOptions, NewPasskey } from '../registration.ts';
import type { AssertionJson, RegistrationJson } from '../index.ts';

/** A software authenticator as it lies in a file. */
export interface StoredAuthenticator {
  readonly credentialId: string;
  readonly privateKey: JsonWebKey;
}

/** Flags of authenticator data (Web Authentication Level 3, section 6.1). */
const flags = { userPresent: 0x01, userVerified: 0x04, attestedData: 0x40 } as const;
/** Labels and values of a P-256 key in COSE (RFC 9053, section 7.1). */
const cose = { kty: 1, alg: 3, crv: -1, x: -2, y: -3, ec2: 2, es256: -7, p256: 1 } as const;
const credentialIdBytes = 32;
const aaguidBytes = 16;

interface Behaviour {
  /** False for an authenticator that asks nobody for a finger or a PIN. */
  readonly verifiesUser: boolean;
  /** False for a passkey that lives on several devices: its counter stays at 0. */
  readonly counts: boolean;
}

/**
 * One passkey in software, for where no browser is: specs and demonstrations. What it answers has the form
 * that a browser sends and goes through the real verification.
 */
export class SoftwareAuthenticator {
  readonly credentialId: string;
  readonly #key: KeyObject;
  readonly #origin: string;
  readonly #behaviour: Behaviour;
  #counter = 0;

  private constructor(stored: StoredAuthenticator, origin: string, behaviour: Behaviour) {
    this.credentialId = stored.credentialId;
    this.#key = createPrivateKey({ key: stored.privateKey, format: 'jwk' });
    this.#origin = origin;
    this.#behaviour = behaviour;
  }

  /** With a new key, for pages of this origin. */
  static at(
    origin: string,
    { verifiesUser = true, counts = true }: Partial<Behaviour> = {},
  ): SoftwareAuthenticator {
    return new SoftwareAuthenticator(SoftwareAuthenticator.newStored(), origin, {
      ...{ verifiesUser, counts },
    });
  }

  /** From a file; it does not count, since several processes may use the file at once. */
  static from(
    stored: StoredAuthenticator,
    origin: string,
    { verifiesUser = true }: Partial<Pick<Behaviour, 'verifiesUser'>> = {},
  ): SoftwareAuthenticator {
    return new SoftwareAuthenticator(stored, origin, { verifiesUser, counts: false });
  }

  static newStored(): StoredAuthenticator {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return {
      credentialId: randomBytes(credentialIdBytes).toString('base64url'),
      privateKey: privateKey.export({ format: 'jwk' }),
    };
  }

  /** What a cell keeps of the passkey. */
  static publicHalfOf({ credentialId, privateKey }: StoredAuthenticator): NewPasskey {
    const key = createPrivateKey({ key: privateKey, format: 'jwk' });
    return { credentialId, publicKey: coseKeyOf(key), counter: 0 };
  }

  /** As `navigator.credentials.create` answers. */
  create({ challenge, rp }: Pick<CreationOptions, 'challenge' | 'rp'>): RegistrationJson {
    const id = Buffer.from(this.credentialId, 'base64url');
    const idLength = Buffer.alloc(2);
    idLength.writeUInt16BE(id.length);
    const authData = Buffer.concat([
      this.#authenticatorData(rp.id ?? '', flags.attestedData),
      ...[Buffer.alloc(aaguidBytes), idLength, id, coseKeyOf(this.#key)],
    ]);
    const attestation = new Map<string, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', new Uint8Array(authData)],
    ]);
    const clientData = this.#clientData('webauthn.create', challenge);
    return {
      ...this.#credential(),
      response: {
        clientDataJSON: clientData.toString('base64url'),
        attestationObject: encoded(attestation).toString('base64url'),
      },
    };
  }

  /** As `navigator.credentials.get` answers. */
  get({ challenge, rpId = '' }: Pick<AssertionOptions, 'challenge' | 'rpId'>): AssertionJson {
    if (this.#behaviour.counts) this.#counter += 1;
    const authenticatorData = this.#authenticatorData(rpId);
    const clientData = this.#clientData('webauthn.get', challenge);
    const clientDataHash = createHash('sha256').update(clientData).digest();
    const signed = Buffer.concat([authenticatorData, clientDataHash]);
    return {
      ...this.#credential(),
      response: {
        authenticatorData: authenticatorData.toString('base64url'),
        clientDataJSON: clientData.toString('base64url'),
        signature: sign('sha256', signed, this.#key).toString('base64url'),
      },
    };
  }

  #credential() {
    const id = this.credentialId;
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {} } as const;
  }

  #authenticatorData(rpId: string, more = 0): Buffer {
    const head = Buffer.alloc(5);
    const verified = this.#behaviour.verifiesUser ? flags.userVerified : 0;
    head.writeUInt8(flags.userPresent | verified | more);
    head.writeUInt32BE(this.#counter, 1);
    return Buffer.concat([createHash('sha256').update(rpId).digest(), head]);
  }

  #clientData(type: string, challenge: string): Buffer {
    const content = { type, challenge, origin: this.#origin, crossOrigin: false };
    return Buffer.from(JSON.stringify(content));
  }
}

const encoded = (value: unknown): Buffer =>
  Buffer.from(isoCBOR.encode(value as Parameters<typeof isoCBOR.encode>[0]));

function coseKeyOf(privateKey: KeyObject): Buffer {
  const { x = '', y = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  const coordinate = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'));
  return encoded(
    new Map<number, unknown>([
      [cose.kty, cose.ec2],
      [cose.alg, cose.es256],
      [cose.crv, cose.p256],
      [cose.x, coordinate(x)],
      [cose.y, coordinate(y)],
    ]),
  );
}
