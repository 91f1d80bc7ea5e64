import { z } from 'zod';
import { operationNames } from '../operations/operation-names.ts';

const secondsMax = 3600;
const latencyMsMax = 60_000;
const operations = z.array(z.enum(operationNames)).min(1);
const seconds = z.number().positive().max(secondsMax);

/** What shall go wrong. A new plan takes the place of the one before. */
export const faultPlanSchema = z
  .strictObject({
    /** Refuses this share of the calls; one seed refuses the same calls of a sequence each time. */
    throttle: z.strictObject({ operations, share: z.number().min(0).max(1), seed: z.int() }),
    /** Changed key states stay unseen for so long. */
    staleState: z.strictObject({ seconds }),
    /** Lets calls wait before anything is done for them. */
    latency: z.strictObject({ milliseconds: z.int().min(1).max(latencyMsMax), operations }),
    /** Fails every call for so long. */
    unavailable: z.strictObject({ seconds }),
  })
  .partial()
  .refine((plan) => Object.keys(plan).length > 0, { message: 'names no fault' });
export type FaultPlan = z.output<typeof faultPlanSchema>;
