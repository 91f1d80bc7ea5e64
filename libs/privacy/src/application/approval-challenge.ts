import type { ErasureRequestId } from '@entrepot/kernel';
import { boundChallenge } from '@entrepot/platform-webauthn';

/** What both officers sign: this plan of this request, and no other. In base64url. */
export const approvalChallenge = (request: ErasureRequestId, planDigest: string): string =>
  boundChallenge('entrepot-erasure-approval/1', request, planDigest);
