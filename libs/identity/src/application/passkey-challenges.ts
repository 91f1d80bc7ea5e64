import type { RoleGrantId, SessionId, StaffId } from '@entrepot/kernel';
import { boundChallenge } from '@entrepot/platform-webauthn';
import type { NewPasskey } from '@entrepot/platform-webauthn';
import { createHash } from 'node:crypto';

/** Good in one session, and only until a passkey was made. */
export const registrationChallenge = (session: SessionId, passkeysHeld: number): string =>
  boundChallenge('entrepot-passkey-registration/1', session, String(passkeysHeld));

/** What a passkey signs for another one of the same person: exactly this key under this name. */
export const vouchingChallenge = (
  staff: StaffId,
  { credentialId, publicKey }: Pick<NewPasskey, 'credentialId' | 'publicKey'>,
): string => {
  const keyDigest = createHash('sha256').update(publicKey).digest('hex');
  return boundChallenge('entrepot-passkey-vouching/1', staff, credentialId, keyDigest);
};

export const roleGrantChallenge = (
  grant: RoleGrantId,
  { staffId, role }: { readonly staffId: StaffId; readonly role: string },
): string => boundChallenge('entrepot-role-grant/1', grant, staffId, role);
