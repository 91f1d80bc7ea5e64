import { z } from 'zod';
import { configSlice, variable } from '../config-slice.ts';

const coolingOffHoursMax = 72;

/** How an erasure that was decided goes on. */
export const erasureSlice = configSlice({
  title: 'Erasure',
  variables: {
    ENTREPOT_ERASURE_COOLING_OFF_HOURS: variable({
      schema: z
        .string()
        .regex(/^\d{1,2}$/, 'must be a number of hours')
        .transform(Number)
        .refine((hours) => hours <= coolingOffHoursMax, `must be at most ${coolingOffHoursMax}`)
        .default(0),
      description: 'Hours in which officers may think again after an approval, 0 to 72; default 0',
      example: '0',
    }),
    ENTREPOT_ERASURE_EVIDENCE: variable({
      schema: z
        .enum(['required', 'noted'], { error: 'must be required or noted' })
        .default('noted'),
      description:
        'required: an erasure waits for the scan and the restored backup of `entrepot verify-erasures`, as production demands; noted (default): it goes on and says that they did not run',
      example: 'noted',
    }),
  },
  build: (values) => ({
    coolingOffHours: values.ENTREPOT_ERASURE_COOLING_OFF_HOURS,
    evidence: values.ENTREPOT_ERASURE_EVIDENCE,
  }),
});
export type ErasureConfig = ReturnType<typeof erasureSlice.build>;
