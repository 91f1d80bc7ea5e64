import { z } from 'zod';
import { configSlice, variable } from '../config-slice.ts';

/** Purchases that nobody makes, to see what a shopper would meet. */
export const canarySlice = configSlice({
  title: 'Canary',
  variables: {
    ENTREPOT_CANARY: variable({
      schema: z.enum(['on', 'off'], { error: 'must be on or off' }).default('off'),
      description:
        'on: the workers buy and cancel an article of no catalog every minute, from every cell; off (default), since its grants cross the border',
      example: 'off',
    }),
  },
  build: (values) => ({ isOn: values.ENTREPOT_CANARY === 'on' }),
});
export type CanaryConfig = ReturnType<typeof canarySlice.build>;
