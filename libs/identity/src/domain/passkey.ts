import type { StaffId, SubjectId } from '@entrepot/kernel';

/** Passkeys that one member of staff may have. */
export const passkeysPerStaffMax = 10;

/** How long after signing in somebody counts as just having proved who they are, in seconds. */
export const freshSignInSeconds = 300;

/** What a member of staff signs with. */
export interface Passkey {
  /** In base64url. */
  readonly credentialId: string;
  readonly staffId: StaffId;
  readonly subject: SubjectId;
  /** In COSE. */
  readonly publicKey: Buffer;
  /** The last one that the authenticator showed; 0 for one that does not count. */
  readonly counter: number;
}
