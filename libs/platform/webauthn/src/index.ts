export {
  assertionDigest,
  assertionFrom,
  assertionOptions,
  counterOfVerified,
} from './assertion.ts';
export type { AssertionCheck, AssertionOptions, SignedAssertion } from './assertion.ts';
export { creationOptions, newPasskeyFrom } from './registration.ts';
export type { CreationOptions, NewPasskey } from './registration.ts';
export { boundChallenge, relyingPartyOf } from './relying-party.ts';
export type { RelyingParty } from './relying-party.ts';
export type {
  AuthenticationResponseJSON as AssertionJson,
  RegistrationResponseJSON as RegistrationJson,
} from '@simplewebauthn/server';
