import { z } from 'zod';

const requestsDefault = 50;
const requestsMax = 200;

/** GET /admin/v1/privacy-requests and GET /admin/v1/erasure-requests, a page at a time. */
export const officerQueueQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(requestsMax).default(requestsDefault),
  /** The `nextCursor` of the page before. */
  cursor: z.string().min(1).max(500).optional(),
});
export type OfficerQueueQuery = z.output<typeof officerQueueQuery>;
