import { z } from 'zod';

export const invoiceParams = z.strictObject({
  orderId: z.string().regex(/^ord_[a-z]{2}-[0-9]{1,3}_[0-9a-z]{26}$/, 'an order id'),
});

/** POST /admin/v1/invoices/{orderId}/readings: why the officer reads it. */
export const readInvoiceBody = z.strictObject({
  purpose: z.enum(['tax_return', 'tax_audit', 'credit_note', 'access_request']),
});

/** Minor units in decimal digits. */
const amount = z.strictObject({ amountMinor: z.string().regex(/^\d+$/), currency: z.string() });

/** What the law names for the country and amount, and no other; null is what nobody knows any more. */
export const invoiceFieldsView = z.strictObject({
  issuedOn: z.iso.date().optional(),
  seller: z.string().optional(),
  lines: z
    .array(
      z.strictObject({
        sku: z.string(),
        quantity: z.int(),
        totalMinor: z.string().regex(/^\d+$/),
        taxMinor: z.string().regex(/^\d+$/),
        taxRateBasisPoints: z.int(),
      }),
    )
    .optional(),
  taxableAmount: amount.optional(),
  tax: amount.optional(),
  total: amount.optional(),
  countryOfDelivery: z.string().optional(),
  placeOfSupply: z.string().nullable().optional(),
  buyerName: z.string().nullable().optional(),
  buyerAddress: z.array(z.string()).nullable().optional(),
});

export const invoiceView = z.strictObject({
  id: z.string(),
  orderId: z.string(),
  legalEntity: z.string(),
  country: z.string(),
  kind: z.enum(['full', 'simplified', 'record']),
  /** The article that names these fields. */
  law: z.string(),
  /** The last day on which it can be read. */
  keptUntil: z.iso.date(),
  fields: invoiceFieldsView,
});
export type InvoiceView = z.infer<typeof invoiceView>;
