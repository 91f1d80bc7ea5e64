import { z } from 'zod';

const personId = z.string().regex(/^(acc|stf)_[a-z]{2}-[0-9]{1,3}_[0-9a-z]{26}$/, 'an account id');

/** POST /admin/v1/legal-holds: a case needs a category of somebody's data. */
export const openHoldBody = z.strictObject({
  accountId: personId,
  category: z.enum(['account', 'address', 'session', 'order', 'staff_login']),
  /** A number such as `CIV-2026-17`: no name comes in by it. */
  caseReference: z.string().regex(/^[A-Z]{1,8}-[0-9]{4}-[0-9]{1,6}$/, 'letters, year, number'),
});

export const legalHoldParams = z.strictObject({ holdId: z.string().max(64) });

/** A hold without the person. */
export const legalHoldView = z.strictObject({
  id: z.string(),
  category: z.string(),
  caseReference: z.string(),
  openedBy: z.string(),
  openedAt: z.iso.datetime(),
  releasedAt: z.iso.datetime().nullable(),
});
export type LegalHoldView = z.infer<typeof legalHoldView>;

export const legalHoldListView = z.strictObject({ legalHolds: z.array(legalHoldView) });
export type LegalHoldListView = z.infer<typeof legalHoldListView>;

/** POST /admin/v1/erasure-requests/{requestId}/retained-fields/readings: why the officer reads them. */
export const readRetainedBody = z.strictObject({
  purpose: z.enum(['legal_claim', 'order_of_authority', 'access_request']),
});

export const retainedFieldsView = z.strictObject({
  fields: z.array(
    z.strictObject({
      id: z.string(),
      store: z.string(),
      field: z.string(),
      category: z.string(),
      law: z.string(),
      /** The last day on which it can be read; null while a case is open. */
      keptUntil: z.iso.date().nullable(),
      /** Null once the key of its cohort has ended. */
      text: z.string().nullable(),
    }),
  ),
});
export type RetainedFieldsView = z.infer<typeof retainedFieldsView>;
