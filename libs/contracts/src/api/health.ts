import { z } from 'zod';

/** GET /health/live: the process runs. */
export const liveView = z.strictObject({ status: z.literal('live') });

/** One thing the cell needs: whether it answers, and how far behind it is where that can be said. */
export const healthCheck = z.strictObject({
  name: z.string(),
  status: z.enum(['up', 'down', 'unknown']),
  /** Seconds, bytes or records behind, as `unit` says. */
  lag: z.number().nullable(),
  unit: z.enum(['seconds', 'bytes', 'records']).nullable(),
  /** Further behind than is normal: worth a look, no reason to stop serving. */
  degraded: z.boolean(),
  /** Whether the process is of no use without it. */
  required: z.boolean(),
});
export type HealthCheck = z.output<typeof healthCheck>;

/** GET /health/ready: 200 when everything required answers, else 503 with the same body. */
export const readyView = z.strictObject({
  status: z.enum(['ready', 'not-ready', 'draining']),
  cell: z.string(),
  checks: z.array(healthCheck),
});
export type ReadyView = z.output<typeof readyView>;

/** GET /internal/v1/peers: how the other cells look from the border process. */
export const peersView = z.strictObject({
  peers: z.array(z.strictObject({ cell: z.string(), status: z.enum(['up', 'down']) })),
});
export type PeersView = z.output<typeof peersView>;
