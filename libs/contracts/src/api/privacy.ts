import { z } from 'zod';
import { passkeyAssertion } from './staff.ts';

/** An account, or a member of staff: an id that staff can name without knowing the person. */
const personId = z.string().regex(/^(acc|stf)_[a-z]{2}-[0-9]{1,3}_[0-9a-z]{26}$/, 'an account id');

const orderId = z.string().regex(/^ord_[a-z]{2}-[0-9]{1,3}_[0-9a-z]{26}$/, 'an order id');

/** POST /admin/v1/erasure-requests: an account, or who gets the gift of an order and has none. */
export const createErasureRequestBody = z
  .strictObject({
    accountId: personId.optional(),
    orderId: orderId.optional(),
    person: z.literal('recipient').optional(),
  })
  .refine(
    (body) =>
      (body.accountId === undefined) !== (body.orderId === undefined) &&
      (body.orderId === undefined) === (body.person === undefined),
    { message: 'an account, or an order and which person of it' },
  );
export type CreateErasureRequestBody = z.infer<typeof createErasureRequestBody>;

export const erasureRequestParams = z.strictObject({ requestId: z.string().max(64) });

/**
 * POST /admin/v1/erasure-requests/{requestId}/confirmation, by whoever asks, and …/approval, by another officer:
 * the digest of the plan that the officer was shown, and the signature over it.
 */
export const signPlanBody = z.strictObject({
  planDigest: z.string().regex(/^[0-9a-f]{64}$/, 'SHA-256 in hexadecimal'),
  assertion: passkeyAssertion,
});
export type SignPlanBody = z.infer<typeof signPlanBody>;

/** What an officer may do to a request beside signing its plan. */
export const erasureAction = z.enum([
  'assess',
  'reject',
  'withdraw',
  'hold',
  'release',
  'extend',
  'retry',
]);
/** POST /admin/v1/erasure-requests/{requestId}/actions */
export const steerErasureBody = z.strictObject({ action: erasureAction });

export const erasureStatus = z.enum([
  'received',
  'identity_pending',
  'verified',
  'assessed',
  'approved',
  'partial',
  'cooling_off',
  'fenced',
  'drained',
  'extracted',
  'key_unusable',
  'purged',
  'recipients_notified',
  'verified_unreadable',
  'key_destroyed',
  'certified',
  'closed',
  'rejected',
  'withdrawn',
  'duplicate',
  'on_hold',
  'failed',
]);

const instant = z.iso.datetime().nullable();

/** A request without the person: it names no account, so that it may be kept for ever. */
export const erasureRequestView = z.strictObject({
  id: z.string(),
  status: erasureStatus,
  /** True once nothing of the person can be read any more, by anyone. */
  isErased: z.boolean(),
  /** What an officer may do now; the four eyes are asked at the time. */
  allowedActions: z.array(z.union([z.enum(['confirm', 'approve']), erasureAction])),
  /** Null where the person asked, until an officer takes the request up by confirming its plan. */
  requestedBy: z.string().nullable(),
  /** How it was made sure that it is the person who wants this. */
  identity: z.enum(['named_by_staff', 'fresh_sign_in', 'mail_loop']).nullable(),
  approvedBy: z.string().nullable(),
  /** SHA-256 of the plan as it stands, in hexadecimal; what an approval has to name. */
  planDigest: z.string().nullable(),
  requestedAt: z.iso.datetime(),
  /** The end of the last day on which the person has to be answered, extensions counted. */
  dueAt: z.iso.datetime(),
  isExtended: z.boolean(),
  confirmedAt: instant,
  approvedAt: instant,
  coolingOffUntil: instant,
  fencedAt: instant,
  drainedAt: instant,
  keyUnusableAt: instant,
  purgedAt: instant,
  keyDestroyedAt: instant,
  closedAt: instant,
  /** Where a request that is held or has failed goes on. */
  resumesTo: erasureStatus.nullable(),
  failure: z.strictObject({ step: z.string(), code: z.string() }).nullable(),
});
export type ErasureRequestView = z.infer<typeof erasureRequestView>;

/** The answer to whoever asks for somebody: the passphrase is told once, and the link goes to the person. */
export const createdErasureRequestView = erasureRequestView.extend({
  /** Null where the person was offered a copy before, or has no address to send the link to. */
  copy: z.strictObject({ exportId: z.string(), passphrase: z.string() }).nullable(),
});
export type CreatedErasureRequestView = z.infer<typeof createdErasureRequestView>;

/** GET /admin/v1/erasure-requests, newest first. */
export const erasureRequestPage = z.strictObject({
  items: z.array(erasureRequestView),
  nextCursor: z.string().nullable(),
});
export type ErasureRequestPage = z.infer<typeof erasureRequestPage>;

/** What a step did to one store; `left` rows stay for the reason given as a code. */
export const erasureStepView = z.strictObject({
  step: z.string(),
  store: z.string(),
  state: z.enum(['done', 'failed']),
  matched: z.int(),
  deleted: z.int(),
  left: z.int(),
  leftReason: z.string().nullable(),
  /** SHA-256 of what somebody signed about it, in hexadecimal. */
  evidenceDigest: z.string().optional(),
});

/** Somebody tried to read the person after the erasure; the last two parts are signed by an operator's tool. */
export const erasureEvidenceView = z.strictObject({
  part: z.enum(['key-trial', 'store-scan', 'restore-drill']),
  login: z.enum(['api', 'eraser', 'worker', 'operator']),
  /** For a trial of the key, why the login did not get it; for the others, whether anything was found. */
  outcome: z.enum(['key-gone', 'login-refused', 'nothing-wrapped', 'clean', 'found']),
  tried: z.int(),
  found: z.int(),
  at: z.iso.datetime(),
  /** What was signed, as it was signed; null for a trial. */
  statement: z.string().nullable(),
});

/** One link of the chain of a request: hashes are SHA-256 in hexadecimal. */
export const erasureEventView = z.strictObject({
  seq: z.int(),
  action: z.string(),
  actor: z.string(),
  detail: z.string().nullable(),
  at: z.iso.datetime(),
  prevHash: z.string().nullable(),
  hash: z.string(),
});

/** What happens to one category of data, and by which law. */
export const erasurePlanEntryView = z.strictObject({
  category: z.string(),
  stores: z.array(z.string()),
  action: z.enum(['shred-now', 'retain-until', 'hold']),
  leaves: z.enum(['nothing', 'facts', 'fields']),
  law: z.string(),
  ruleVersion: z.int(),
  until: z.iso.date().nullable(),
  /** Under whose key it stays. */
  cohort: z.string().nullable(),
  /** What is moved under that key, `schema.table.column`. */
  fields: z.array(z.string()),
});

/** The plan as it is digested, without the person. */
export const erasurePlanView = z.strictObject({
  country: z.string(),
  assessedOn: z.iso.date(),
  steps: z.array(z.string()),
  entries: z.array(erasurePlanEntryView),
});

export const erasureRequestDetailView = erasureRequestView.extend({
  plan: erasurePlanView.nullable(),
  steps: z.array(erasureStepView),
  evidence: z.array(erasureEvidenceView),
  events: z.array(erasureEventView),
});
export type ErasureRequestDetailView = z.infer<typeof erasureRequestDetailView>;

/** POST /v1/me/erasure-requests: the password, where the sign-in is older than five minutes. */
export const askOwnErasureBody = z.strictObject({
  password: z.string().min(1).max(200).optional(),
});

/** POST /v1/erasure-requests: somebody without a session, by an order and the address that it belongs to. */
export const askErasureAsGuestBody = z.strictObject({
  orderId: z.string().max(64),
  email: z.email('an e-mail address').max(254),
});

/** POST /v1/erasure-requests/{requestId}/identity: the code that was sent to the address. */
export const showIdentityBody = z.strictObject({
  code: z.string().regex(/^[0-9]{10}$/, 'ten digits'),
});

/** The same whoever asks, and whether anybody was found. */
export const guestErasureView = z.strictObject({ id: z.string() });
export type GuestErasureView = z.infer<typeof guestErasureView>;

/**
 * The same whether the code was right or not. Where it was, the passphrase opens the copy whose link is sent to the
 * address; else it opens nothing. Null where no copies are made.
 */
export const shownIdentityView = guestErasureView.extend({ passphrase: z.string().nullable() });
export type ShownIdentityView = z.infer<typeof shownIdentityView>;

/** A request as the person whom it is about sees it. */
export const ownErasureRequestView = z.strictObject({
  id: z.string(),
  state: z.enum([
    'identity_pending',
    'in_review',
    'on_hold',
    'under_way',
    'done',
    'rejected',
    'withdrawn',
  ]),
  requestedAt: z.iso.datetime(),
  dueAt: z.iso.datetime(),
  isWithdrawable: z.boolean(),
});
export type OwnErasureRequestView = z.infer<typeof ownErasureRequestView>;

/** A copy that a person is offered before it is too late; told once. */
export const offeredCopyView = z.strictObject({
  exportId: z.string(),
  /** Opens the archive, with age (age-encryption.org). */
  passphrase: z.string(),
  /** Where it is fetched, once, as soon as it is made and until the person is fenced. */
  downloadPath: z.string(),
});
export type OfferedCopyView = z.infer<typeof offeredCopyView>;

/** The answer to whoever asks for themselves, with the copy that they are offered before it is too late. */
export const askedErasureView = ownErasureRequestView.extend({
  /** Told once, and null in a repeated answer. */
  copy: offeredCopyView.nullable(),
});
export type AskedErasureView = z.infer<typeof askedErasureView>;

export const ownErasureRequestListView = z.strictObject({
  erasureRequests: z.array(ownErasureRequestView),
});
export type OwnErasureRequestListView = z.infer<typeof ownErasureRequestListView>;

export const restrictionParams = z.strictObject({ accountId: personId });

export const restrictionView = z.strictObject({
  accountId: z.string(),
  isRestrictedByStaff: z.boolean(),
});
export type RestrictionView = z.infer<typeof restrictionView>;
