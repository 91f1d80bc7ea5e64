import { z } from 'zod';

/** Problem details (RFC 9457) with a stable `code`; some codes add members of their own. */
export const problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  traceId: z.string(),
  errors: z
    .array(z.strictObject({ path: z.string(), code: z.string(), message: z.string() }))
    .optional(),
});
export type Problem = z.output<typeof problem>;
