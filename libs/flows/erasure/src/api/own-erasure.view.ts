import type { AskedErasureView, OwnErasureRequestView } from '@entrepot/contracts/api/privacy';
import { deadlineOf } from '@entrepot/privacy';
import type { ErasureRequest, ErasureStatus } from '@entrepot/privacy';
import type { OfferedCopy } from '../application/copy-offer.ts';
import type { VerifiedErasure } from '../application/take-in-erasure.ts';
import { staffActionsFor } from '../domain/transition.ts';

type OwnState = OwnErasureRequestView['state'];

/** What does not stand here is on its way. */
const states: Partial<Record<ErasureStatus, OwnState>> = {
  received: 'in_review',
  identity_pending: 'identity_pending',
  verified: 'in_review',
  assessed: 'in_review',
  closed: 'done',
  rejected: 'rejected',
  withdrawn: 'withdrawn',
  duplicate: 'withdrawn',
  on_hold: 'on_hold',
};

/** Without officers, plan and laws: what the person has to know. */
export const ownErasureViewOf = (request: ErasureRequest): OwnErasureRequestView => ({
  id: request.id,
  state: states[request.status] ?? 'under_way',
  requestedAt: request.requestedAt.toISOString(),
  dueAt: deadlineOf(request).toISOString(),
  isWithdrawable: staffActionsFor(request).includes('withdraw'),
});

export const askedErasureViewOf = ({ request, copy }: VerifiedErasure): AskedErasureView => ({
  ...ownErasureViewOf(request),
  copy: copy === undefined ? null : ownCopyViewOf(copy),
});

const ownCopyViewOf = ({ id, passphrase, token }: OfferedCopy): AskedErasureView['copy'] => ({
  ...{ exportId: id, passphrase, downloadPath: `/v1/exports/${token}` },
});
