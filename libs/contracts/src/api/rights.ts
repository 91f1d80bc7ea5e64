import { z } from 'zod';
import { postalAddress } from './address.ts';

/** Why a member of staff reads something about a person; in the header Entrepot-Purpose of each such read. */
export const accessPurpose = z.enum([
  'support_request',
  'rights_request',
  'fraud_check',
  'legal_claim',
  'incident',
]);

const instant = z.iso.datetime();
const accountId = z.string().regex(/^acc_[a-z]{2}-[0-9]{1,3}_[0-9a-z]{26}$/, 'an account id');

export const exportParams = z.strictObject({ exportId: z.string().max(64) });
export const exportTokenParams = z.strictObject({ token: z.string().max(128) });
export const accountParams = z.strictObject({ accountId });

/**
 * GET /v1/exports/{token}, where no page is wanted: what to do with a link. The same for every link, and nothing is used up:
 * programs that follow the links of a mail send GET or HEAD.
 */
export const exportLinkView = z.strictObject({
  fetchWith: z.literal('POST'),
  fileName: z.string(),
  isGoodOnce: z.literal(true),
});
export type ExportLinkView = z.infer<typeof exportLinkView>;

/** POST /v1/me/exports: the password, where the sign-in is older than ten minutes. A copy of everything takes no wishes. */
export const requestExportBody = z.strictObject({
  password: z.string().min(1).max(200).optional(),
});
/** POST /admin/v1/accounts/{accountId}/exports: why the copy is made is written into it. */
export const orderExportBody = z.strictObject({ purpose: accessPurpose });

export const exportView = z.strictObject({
  id: z.string(),
  status: z.enum(['requested', 'ready', 'downloaded', 'expired', 'failed']),
  requestedAt: instant,
  /** Until when the law wants it answered. */
  dueAt: instant,
  madeAt: instant.nullable(),
  /** When what was made is removed, fetched or not. */
  expiresAt: instant,
  downloadedAt: instant.nullable(),
});
export type ExportView = z.infer<typeof exportView>;

/** The answer to the first request only: neither can be told a second time. */
export const issuedExportView = exportView.extend({
  /** Opens the archive, with age (age-encryption.org). Null in a repeated answer. */
  passphrase: z.string().nullable(),
  /** Where the archive is fetched, once, when the status is `ready`. Null in a repeated answer. */
  downloadPath: z.string().nullable(),
});
export type IssuedExportView = z.infer<typeof issuedExportView>;

const consentPurpose = z.enum(['marketing_mail', 'recommendations']);
const locale = z.string().regex(/^[a-z]{2}$/, 'two letters, ISO 639-1');

export const consentParams = z.strictObject({ purpose: consentPurpose });
export const consentQuery = z.strictObject({ locale: locale.default('en') });

/** PUT /v1/me/consents/{purpose}. To consent one names the text that was shown; to withdraw nothing. */
export const decideConsentBody = z.strictObject({
  isGranted: z.boolean(),
  textVersion: z.int().min(1).optional(),
  locale: locale.default('en'),
  surface: z.enum(['web', 'app']).default('web'),
});
export type DecideConsentBody = z.infer<typeof decideConsentBody>;

export const consentView = z.strictObject({
  purpose: consentPurpose,
  isGranted: z.boolean(),
  decidedAt: instant.nullable(),
  text: z.strictObject({ version: z.int(), locale: z.string(), text: z.string() }),
});
export type ConsentView = z.infer<typeof consentView>;
export const consentListView = z.strictObject({ consents: z.array(consentView) });
export type ConsentListView = z.infer<typeof consentListView>;

/** GET and PUT /v1/me/objections/direct-marketing (GDPR Article 21(2)). */
export const objectionBody = z.strictObject({ isRaised: z.boolean() });
export const objectionView = z.strictObject({ isRaised: z.boolean() });
export type ObjectionView = z.infer<typeof objectionView>;

/** POST /v1/me/rectifications and POST /admin/v1/accounts/{accountId}/rectifications. */
export const rectificationBody = z
  .strictObject({
    fullName: z.string().trim().min(1).max(120).optional(),
    language: locale.optional(),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), {
    message: 'at least one field',
  });
export type RectificationBody = z.infer<typeof rectificationBody>;

export const rectificationView = z.strictObject({
  id: z.string(),
  requestedAt: instant,
  answeredAt: instant,
  /** What was corrected. */
  fields: z.array(z.string()),
  /** Issued invoices are never edited: a credit note and a new invoice correct them. */
  invoices: z.literal('corrected_by_credit_note'),
});
export type RectificationView = z.infer<typeof rectificationView>;

export const privacyRequestParams = z.strictObject({ requestId: z.string().max(64) });

/** A copy, a correction or a complaint as officers see it. It names nobody. */
export const privacyRequestView = z.strictObject({
  id: z.string(),
  kind: z.enum(['export', 'rectification', 'grievance']),
  /** Who of the staff asked, and why; null where the person did. */
  requestedBy: z.string().nullable(),
  purpose: accessPurpose.nullable(),
  requestedAt: instant,
  /** The end of the last day on which the person has to be answered, extensions counted. */
  dueAt: instant,
  isExtended: z.boolean(),
  answeredAt: instant.nullable(),
  /** How near the end of its time is; null once it is answered. */
  urgency: z.enum(['in_time', 'day_20', 'day_25', 'overdue']).nullable(),
  /** Of a correction: when everybody outside had confirmed that they were told (GDPR Article 19). */
  toldAt: instant.nullable(),
});
export type PrivacyRequestView = z.infer<typeof privacyRequestView>;

/** GET /admin/v1/privacy-requests: what is open by when it is due, then what was answered last. */
export const privacyRequestPage = z.strictObject({
  items: z.array(privacyRequestView),
  nextCursor: z.string().nullable(),
});
export type PrivacyRequestPage = z.infer<typeof privacyRequestPage>;

/** GET /admin/v1/privacy-requests/{requestId} */
export const privacyRequestDetailView = privacyRequestView.extend({
  /** Processors that were told, and what each signed when it had heard (SHA-256 of answer and certificate). */
  recipients: z.array(
    z.strictObject({
      processor: z.string(),
      state: z.enum(['prepared', 'pending', 'in_progress', 'completed', 'cancelled', 'void']),
      attempt: z.int(),
      tries: z.int(),
      identities: z.int(),
      preparedAt: instant,
      dueAt: instant,
      completedAt: instant.nullable(),
      answerDigest: z.string().nullable(),
      signerDigest: z.string().nullable(),
    }),
  ),
});
export type PrivacyRequestDetailView = z.infer<typeof privacyRequestDetailView>;

/** GET /admin/v1/accounts/{accountId}: what support sees, and the person sees that they saw it. */
export const personRecordView = z.strictObject({
  id: z.string(),
  email: z.string(),
  fullName: z.string(),
  residence: z.string(),
  language: z.string(),
  createdAt: instant,
  addresses: z.array(postalAddress.extend({ id: z.string() })),
});
export type PersonRecordView = z.infer<typeof personRecordView>;
