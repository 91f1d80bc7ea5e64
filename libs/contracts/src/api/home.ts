import { z } from 'zod';

/** GET /v1/home: asked before a person types anything. */
export const homeQuery = z.strictObject({
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .describe('Country of residence, ISO 3166-1 alpha-2, upper case'),
});

/** Where a resident of the country registers; a country nobody serves is COUNTRY_NOT_SERVED. */
export const homeView = z.strictObject({
  country: z.string(),
  cell: z.string(),
  region: z.string(),
  origin: z.string(),
});
export type HomeView = z.output<typeof homeView>;
