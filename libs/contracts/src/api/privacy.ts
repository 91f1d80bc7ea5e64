import { z } from 'zod';

/** An account, or a member of staff: an id that staff can name without knowing the person. */
const personId = z.string().regex(/^(acc|stf)_[a-z]{2}-[0-9]{1,3}_[0-9a-z]{26}$/, 'an account id');

/** POST /admin/v1/erasure-requests */
export const createErasureRequestBody = z.strictObject({ accountId: personId });
export type CreateErasureRequestBody = z.infer<typeof createErasureRequestBody>;

export const erasureRequestParams = z.strictObject({ requestId: z.string().max(64) });

export const erasureStatus = z.enum([
  'requested',
  'withdrawn',
  'rejected',
  'approved',
  'fenced',
  'key_unusable',
  'purged',
  'key_destroyed',
  'closed',
  'failed',
]);

const instant = z.iso.datetime().nullable();

/** A request without the person: it names no account, so that it may be kept for ever. */
export const erasureRequestView = z.strictObject({
  id: z.string(),
  status: erasureStatus,
  /** True once nothing of the person can be read any more, by anyone. */
  isErased: z.boolean(),
  requestedBy: z.string(),
  approvedBy: z.string().nullable(),
  /** SHA-256 of what was approved, in hexadecimal. */
  planDigest: z.string().nullable(),
  requestedAt: z.iso.datetime(),
  approvedAt: instant,
  fencedAt: instant,
  keyUnusableAt: instant,
  purgedAt: instant,
  keyDestroyedAt: instant,
  closedAt: instant,
});
export type ErasureRequestView = z.infer<typeof erasureRequestView>;

export const erasureRequestListView = z.strictObject({
  erasureRequests: z.array(erasureRequestView),
});
export type ErasureRequestListView = z.infer<typeof erasureRequestListView>;

/** What a step did to one store; `left` rows stay for the reason given as a code. */
export const erasureStepView = z.strictObject({
  step: z.string(),
  store: z.string(),
  matched: z.int(),
  deleted: z.int(),
  left: z.int(),
  leftReason: z.string().nullable(),
});

export const erasureRequestDetailView = erasureRequestView.extend({
  steps: z.array(erasureStepView),
});
export type ErasureRequestDetailView = z.infer<typeof erasureRequestDetailView>;
