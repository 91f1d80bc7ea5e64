import { z } from 'zod';

/** One line of text: a label has no room for a second, and a control character prints nowhere. */
const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\u0000-\u001F\u007F-\u009F]*$/, 'one line of text');

/** A postal address as a parcel label needs it; lengths in characters. Personal in every field. */
export const postalAddress = z.strictObject({
  recipient: line(120),
  line1: line(120),
  line2: line(120).optional(),
  city: line(80),
  /** State, province or county, where the country's addresses have one. */
  subdivision: line(80).optional(),
  postalCode: line(16),
  /** ISO 3166-1 alpha-2. */
  country: z.string().regex(/^[A-Z]{2}$/, 'two capital letters, ISO 3166-1'),
});
export type PostalAddress = z.infer<typeof postalAddress>;
