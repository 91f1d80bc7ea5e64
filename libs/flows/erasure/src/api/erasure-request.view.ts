import type { ErasureRequestDetailView, ErasureRequestView } from '@entrepot/contracts/api/privacy';
import { isErased } from '@entrepot/privacy';
import type { ErasureRequest, ErasureStep } from '@entrepot/privacy';

const instantOf = (at: Date | undefined): string | null => at?.toISOString() ?? null;

export const erasureRequestViewOf = (request: ErasureRequest): ErasureRequestView => ({
  id: request.id,
  status: request.status,
  isErased: isErased(request),
  requestedBy: request.requestedBy.staffId,
  approvedBy: request.approval?.staffId ?? null,
  planDigest: request.approval?.planDigest ?? null,
  requestedAt: request.requestedAt.toISOString(),
  approvedAt: instantOf(request.approval?.at),
  fencedAt: instantOf(request.fencedAt),
  keyUnusableAt: instantOf(request.keyUnusableAt),
  purgedAt: instantOf(request.purgedAt),
  keyDestroyedAt: instantOf(request.keyDestroyedAt),
  closedAt: instantOf(request.closedAt),
});

export const erasureDetailViewOf = (
  request: ErasureRequest,
  steps: readonly ErasureStep[],
): ErasureRequestDetailView => ({
  ...erasureRequestViewOf(request),
  steps: steps.map(({ leftReason, ...step }) => ({ ...step, leftReason: leftReason ?? null })),
});
