import { DomainError } from '@entrepot/kernel';
import type { StaffId, SubjectId } from '@entrepot/kernel';
import {
  assertionDigest,
  assertionFrom,
  assertionOptions,
  counterOfVerified,
} from '@entrepot/platform-webauthn';
import type { AssertionJson, AssertionOptions, SignedAssertion } from '@entrepot/platform-webauthn';
import { Injectable } from '@nestjs/common';
import type { Passkey } from '../domain/passkey.ts';
import { IdentitySettings } from './identity-settings.ts';
import { PasskeyStore } from './passkey-store.ts';

/** An assertion that held when it came, with whose it is. */
export interface CheckedAssertion {
  readonly signed: SignedAssertion;
  readonly person: SubjectId;
  /** In COSE. */
  readonly publicKey: Buffer;
  /** By which a second use is known, in hexadecimal. */
  readonly digest: string;
}

/** Step-up: has a member of staff sign one thing with a passkey, with their finger or PIN. */
@Injectable()
export class StaffAssertions {
  constructor(
    private readonly passkeys: PasskeyStore,
    private readonly settings: IdentitySettings,
  ) {}

  /** What the browser of this member of staff needs to sign the challenge. Throws APPROVAL_NEEDS_PASSKEY. */
  async options(staff: StaffId, challenge: string): Promise<AssertionOptions> {
    const held = await this.heldBy(staff);
    const ids = held.map(({ credentialId }) => credentialId);
    return assertionOptions(this.settings.relyingParty, challenge, ids);
  }

  /**
   * Checks an assertion and uses up its counter. Throws APPROVAL_NEEDS_PASSKEY, ASSERTION_INVALID, and
   * ASSERTION_REPLAYED where the counter was seen; a passkey that does not count is held to the digest by
   * whoever stores it.
   */
  async check(
    staff: StaffId,
    challenge: string,
    assertion: AssertionJson,
  ): Promise<CheckedAssertion> {
    const held = await this.heldBy(staff);
    const passkey = held.find(({ credentialId }) => credentialId === assertion.id);
    const signed = assertionFrom(assertion);
    const counter = passkey && (await this.counterOf(signed, passkey, challenge));
    if (passkey === undefined || counter === undefined) {
      throw new DomainError('ASSERTION_INVALID', 'the assertion does not hold');
    }
    const isNewer = counter === 0 ? passkey.counter === 0 : counter > passkey.counter;
    if (!isNewer || !(await this.passkeys.raiseCounter(passkey.credentialId, counter))) {
      throw new DomainError('ASSERTION_REPLAYED', 'the counter of the passkey was seen before');
    }
    const { subject: person, publicKey } = passkey;
    return { signed, person, publicKey, digest: assertionDigest(signed) };
  }

  /** Whether it was signed at all comes first: whether it is new is another answer. */
  private counterOf(
    signed: SignedAssertion,
    { publicKey }: Passkey,
    challenge: string,
  ): Promise<number | undefined> {
    const { relyingParty } = this.settings;
    return counterOfVerified(signed, { publicKey, challenge, relyingParty, counter: 0 });
  }

  private async heldBy(staff: StaffId): Promise<Passkey[]> {
    const held = await this.passkeys.of(staff);
    if (held.length > 0) return held;
    throw new DomainError('APPROVAL_NEEDS_PASSKEY', `${staff} has no passkey`);
  }
}
