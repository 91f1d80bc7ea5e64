import { DomainError } from '@entrepot/kernel';
import type { SessionId, StaffId } from '@entrepot/kernel';
import { creationOptions, newPasskeyFrom } from '@entrepot/platform-webauthn';
import type {
  AssertionJson,
  AssertionOptions,
  CreationOptions,
  NewPasskey,
  RegistrationJson,
  SignedAssertion,
} from '@entrepot/platform-webauthn';
import { Injectable } from '@nestjs/common';
import type { Passkey } from '../domain/passkey.ts';
import { freshSignInSeconds, passkeysPerStaffMax } from '../domain/passkey.ts';
import { IdentitySettings } from './identity-settings.ts';
import { registrationChallenge, vouchingChallenge } from './passkey-challenges.ts';
import { PasskeyStore } from './passkey-store.ts';
import { PeopleRegister } from './people-register.ts';
import { SessionStore } from './session-store.ts';
import { StaffAssertions } from './staff-assertions.ts';

/** A member of staff at one device. */
export interface StaffAtDevice {
  readonly staffId: StaffId;
  readonly sessionId: SessionId;
}

export interface PasskeyRegistration {
  readonly credential: RegistrationJson;
  /** By a passkey that the person has; none for their first. */
  readonly vouching?: AssertionJson | undefined;
}

interface PasskeyParts {
  readonly passkeys: PasskeyStore;
  readonly people: PeopleRegister;
  readonly sessions: SessionStore;
  readonly assertions: StaffAssertions;
  readonly settings: IdentitySettings;
}

/**
 * Gives a member of staff a passkey. The first one needs a fresh sign-in; for each further one a passkey
 * that they have must sign, so that nobody who took over a session, or the database login of the API, can
 * add one of their own.
 */
@Injectable()
export class RegisterPasskey {
  private readonly parts: PasskeyParts;

  constructor(
    passkeys: PasskeyStore,
    people: PeopleRegister,
    sessions: SessionStore,
    assertions: StaffAssertions,
    settings: IdentitySettings,
  ) {
    this.parts = { passkeys, people, sessions, assertions, settings };
  }

  /** What the browser needs to make one. Throws REAUTHENTICATION_REQUIRED and PASSKEY_REFUSED. */
  async options(at: StaffAtDevice): Promise<CreationOptions> {
    const held = await this.heldBy(at);
    return creationOptions(this.parts.settings.relyingParty, at.staffId, {
      challenge: registrationChallenge(at.sessionId, held.length),
      exclude: held.map(({ credentialId }) => credentialId),
    });
  }

  /** What the browser needs to have a passkey sign for the one that was just made. */
  async vouchingOptions(
    at: StaffAtDevice,
    credential: RegistrationJson,
  ): Promise<AssertionOptions> {
    const made = await this.madeAt(at, await this.heldBy(at), credential);
    return this.parts.assertions.options(at.staffId, vouchingChallenge(at.staffId, made));
  }

  /**
   * Throws REAUTHENTICATION_REQUIRED, PASSKEY_REFUSED, and for a further passkey APPROVAL_NEEDS_PASSKEY
   * without an assertion and what an assertion throws.
   */
  async execute(
    at: StaffAtDevice,
    { credential, vouching }: PasskeyRegistration,
  ): Promise<NewPasskey> {
    const held = await this.heldBy(at);
    const made = await this.madeAt(at, held, credential);
    const signed = held.length === 0 ? undefined : await this.vouched(at, made, vouching);
    const subject = await this.parts.people.personBehind(at.staffId);
    const passkey = { ...made, staffId: at.staffId, subject, isDemo: false, vouching: signed };
    if (await this.parts.passkeys.insert(passkey)) return made;
    throw new DomainError('PASSKEY_REFUSED', 'the passkey is known, or another was faster');
  }

  /** Throws REAUTHENTICATION_REQUIRED where there is none and the sign-in is old. */
  private async heldBy({ staffId, sessionId }: StaffAtDevice): Promise<Passkey[]> {
    const held = await this.parts.passkeys.of(staffId);
    if (held.length >= passkeysPerStaffMax) {
      throw new DomainError('PASSKEY_REFUSED', `${staffId} has as many passkeys as one may have`);
    }
    const isProven =
      held.length > 0 || (await this.parts.sessions.isFresh(sessionId, freshSignInSeconds));
    if (isProven) return held;
    throw new DomainError(
      'REAUTHENTICATION_REQUIRED',
      'the sign-in is too old for a first passkey',
    );
  }

  private async madeAt(
    { sessionId }: StaffAtDevice,
    held: readonly Passkey[],
    credential: RegistrationJson,
  ): Promise<NewPasskey> {
    const { relyingParty } = this.parts.settings;
    const challenge = registrationChallenge(sessionId, held.length);
    const made = await newPasskeyFrom(credential, { relyingParty, challenge });
    if (made !== undefined) return made;
    throw new DomainError('PASSKEY_REFUSED', 'no passkey was made for this session');
  }

  private async vouched(
    { staffId }: StaffAtDevice,
    made: NewPasskey,
    vouching: AssertionJson | undefined,
  ): Promise<SignedAssertion> {
    if (vouching === undefined) {
      throw new DomainError('APPROVAL_NEEDS_PASSKEY', 'a passkey has to sign for another one');
    }
    const challenge = vouchingChallenge(staffId, made);
    return (await this.parts.assertions.check(staffId, challenge, vouching)).signed;
  }
}
