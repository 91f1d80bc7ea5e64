import type { StaffId } from '@entrepot/kernel';
import type { SignedAssertion } from '@entrepot/platform-webauthn';
import type { Passkey } from '../domain/passkey.ts';

export interface StaffPasskey extends Passkey {
  readonly isDemo: boolean;
  /** By another passkey of the same person; undefined for their first. */
  readonly vouching: SignedAssertion | undefined;
}

export abstract class PasskeyStore {
  /** Of somebody who is on the staff, the oldest first; without demonstration passkeys where those are refused. */
  abstract of(staff: StaffId): Promise<Passkey[]>;
  /** Answers false when the passkey or its key is known, or when somebody who has one comes with a first one. */
  abstract insert(passkey: StaffPasskey): Promise<boolean>;
  /** Answers false when this counter, or a higher one, was shown before. */
  abstract raiseCounter(credentialId: string, counter: number): Promise<boolean>;
}
