import {
  generateAuthenticationOptions,
  verifyAuthenticationResponse,
} from '@simplewebauthn/server';
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { createHash } from 'node:crypto';
import type { RelyingParty } from './relying-party.ts';

export type AssertionOptions = PublicKeyCredentialRequestOptionsJSON;

const timeoutMs = 120_000;

/** What a passkey signed (Web Authentication Level 3, section 7.2), as it can be kept and checked again. */
export interface SignedAssertion {
  /** In base64url. */
  readonly credentialId: string;
  readonly authenticatorData: Buffer;
  readonly clientDataJson: Buffer;
  /** In DER. */
  readonly signature: Buffer;
}

export interface AssertionCheck {
  /** In COSE. */
  readonly publicKey: Buffer;
  /** In base64url. */
  readonly challenge: string;
  readonly relyingParty: RelyingParty;
  /** The last counter that the passkey showed; 0 for one that does not count. */
  readonly counter: number;
}

/** What a browser has to be given so that one of these passkeys signs this challenge. */
export const assertionOptions = (
  relyingParty: RelyingParty,
  challenge: string,
  credentialIds: readonly string[],
): Promise<AssertionOptions> =>
  generateAuthenticationOptions({
    rpID: relyingParty.id,
    challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
    allowCredentials: credentialIds.map((id) => ({ id })),
    userVerification: 'required',
    timeout: timeoutMs,
  });

/** As a browser sends it, in bytes. */
export const assertionFrom = ({ id, response }: AuthenticationResponseJSON): SignedAssertion => ({
  credentialId: id,
  authenticatorData: Buffer.from(response.authenticatorData, 'base64url'),
  clientDataJson: Buffer.from(response.clientDataJSON, 'base64url'),
  signature: Buffer.from(response.signature, 'base64url'),
});

const asJson = (assertion: SignedAssertion): AuthenticationResponseJSON => ({
  id: assertion.credentialId,
  rawId: assertion.credentialId,
  type: 'public-key',
  clientExtensionResults: {},
  response: {
    authenticatorData: assertion.authenticatorData.toString('base64url'),
    clientDataJSON: assertion.clientDataJson.toString('base64url'),
    signature: assertion.signature.toString('base64url'),
  },
});

/**
 * The counter of an assertion that holds: signed by this key, over this challenge, at one of these origins,
 * for this host, by a user whom the authenticator verified, and newer than the counter. Undefined otherwise.
 */
export async function counterOfVerified(
  assertion: SignedAssertion,
  { publicKey, challenge, relyingParty, counter }: AssertionCheck,
): Promise<number | undefined> {
  if (!isDer(assertion.signature)) return undefined;
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: asJson(assertion),
      expectedChallenge: challenge,
      expectedOrigin: [...relyingParty.origins],
      expectedRPID: relyingParty.id,
      requireUserVerification: true,
      credential: { id: assertion.credentialId, publicKey: new Uint8Array(publicKey), counter },
    });
    return verified ? authenticationInfo.newCounter : undefined;
  } catch {
    // the library throws for whatever does not hold, and whatever is no assertion at all
    return undefined;
  }
}

/** One signature has one form: the library reads lengths and tags that are not quite right as well. */
function isDer(signature: Buffer): boolean {
  try {
    return derOf(scalarsOf(signature)).equals(signature);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const sequenceTag = 0x30;
const integerTag = 0x02;

/**
 * SHA-256 by which a use of an assertion is known again, in hexadecimal. From r and s somebody else can
 * make r and n − s, which holds as well; both have one digest.
 */
export function assertionDigest(assertion: SignedAssertion): string {
  const { credentialId, authenticatorData, clientDataJson, signature } = assertion;
  const clientDataHash = createHash('sha256').update(clientDataJson).digest();
  const [r, s] = scalarsOf(signature);
  const smaller = s > order / 2n ? order - s : s;
  return createHash('sha256')
    .update(`${credentialId}|${r.toString(16)}|${smaller.toString(16)}|`, 'utf8')
    .update(authenticatorData)
    .update(clientDataHash)
    .digest('hex');
}

/** r and s of an ECDSA signature in DER (RFC 3279, section 2.2.3). Throws RangeError for anything else. */
function scalarsOf(der: Buffer): [bigint, bigint] {
  const rEnd = 4 + (der[3] ?? 0);
  const s = der.subarray(rEnd + 2);
  if (der[0] !== sequenceTag || s.length === 0 || s.length !== der[rEnd + 1]) {
    throw new RangeError('this is no ECDSA signature in DER');
  }
  return [numberIn(der.subarray(4, rEnd)), numberIn(s)];
}

const derOf = (scalars: readonly bigint[]): Buffer => {
  const integers = scalars.map((scalar) => tagged(integerTag, unsigned(scalar)));
  return tagged(sequenceTag, Buffer.concat(integers));
};

/** With a zero in front where the first bit would be read as a sign. */
function unsigned(scalar: bigint): Buffer {
  const hex = scalar.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
}

/** Two numbers of 32 bytes need no length of more than one byte. */
const tagged = (tag: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.of(tag, content.length), content]);

const numberIn = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex') || '0'}`);
