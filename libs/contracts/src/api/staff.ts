import { z } from 'zod';

export const staffRole = z.enum([
  'merchandiser',
  'warehouse',
  'support',
  'privacy-officer',
  'tax-officer',
  'operator',
]);
export type StaffRole = z.infer<typeof staffRole>;

/** GET /admin/v1/me */
export const staffView = z.strictObject({
  id: z.string(),
  email: z.string(),
  fullName: z.string(),
  roles: z.array(staffRole),
});
export type StaffView = z.infer<typeof staffView>;
