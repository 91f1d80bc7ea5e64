import { z } from 'zod';
import { configSlice, variable } from '../config-slice.ts';

/** People to play with in development; production refuses the setting. */
export const demoSlice = configSlice({
  title: 'Demonstration',
  variables: {
    ENTREPOT_DEMO_PEOPLE_FILE: variable({
      schema: z.string().min(1).optional(),
      description: 'JSON file of shoppers and staff to add at start; never in production',
    }),
  },
  build: (values) => ({ peopleFile: values.ENTREPOT_DEMO_PEOPLE_FILE }),
});
export type DemoConfig = ReturnType<typeof demoSlice.build>;
