import { generateRegistrationOptions, verifyRegistrationResponse } from '@simplewebauthn/server';
import type {
  PublicKeyCredentialCreationOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type { RelyingParty } from './relying-party.ts';

export type CreationOptions = PublicKeyCredentialCreationOptionsJSON;

/** ECDSA with P-256 and SHA-256 in the register of COSE algorithms: every authenticator has it. */
const es256 = -7;
const timeoutMs = 120_000;

/** A passkey as it was just made. */
export interface NewPasskey {
  /** In base64url. */
  readonly credentialId: string;
  /** In COSE. */
  readonly publicKey: Buffer;
  readonly counter: number;
}

/** What a browser has to be given so that it makes a passkey; `holder` is opaque and shown by the browser. */
export const creationOptions = (
  relyingParty: RelyingParty,
  holder: string,
  { challenge, exclude }: { readonly challenge: string; readonly exclude: readonly string[] },
): Promise<CreationOptions> =>
  generateRegistrationOptions({
    rpName: relyingParty.id,
    rpID: relyingParty.id,
    userName: holder,
    userID: new Uint8Array(Buffer.from(holder, 'utf8')),
    challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
    attestationType: 'none',
    excludeCredentials: exclude.map((id) => ({ id })),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    supportedAlgorithmIDs: [es256],
    timeout: timeoutMs,
  });

/** The passkey that a browser made for this challenge; undefined for anything else. */
export async function newPasskeyFrom(
  response: RegistrationResponseJSON,
  { relyingParty, challenge }: { readonly relyingParty: RelyingParty; readonly challenge: string },
): Promise<NewPasskey | undefined> {
  try {
    const { registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: [...relyingParty.origins],
      expectedRPID: relyingParty.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: [es256],
    });
    if (registrationInfo === undefined) return undefined;
    const { id, publicKey, counter } = registrationInfo.credential;
    return { credentialId: id, publicKey: Buffer.from(publicKey), counter };
  } catch {
    // the library throws for whatever does not hold, and whatever is no passkey at all
    return undefined;
  }
}
