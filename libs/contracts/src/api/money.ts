import { z } from 'zod';

/** An exact amount: minor units (paise, cents) of an ISO 4217 currency. */
export const moneyView = z.strictObject({
  amountMinor: z.int(),
  currency: z.string().regex(/^[A-Z]{3}$/),
});
export type MoneyView = z.infer<typeof moneyView>;
