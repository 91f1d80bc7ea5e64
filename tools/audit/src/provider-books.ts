import { z } from 'zod';
import type { ProviderCapture } from './check-money.ts';

const answer = z.looseObject({
  captures: z.array(
    z.looseObject({
      reference: z.string(),
      currency: z.string(),
      captures: z.int(),
      capturedMinor: z.int(),
      refundedMinor: z.int(),
    }),
  ),
});

export interface ProviderAccess {
  readonly origin: string;
  readonly secret: string;
  /** The merchant account of the cell. */
  readonly account: string;
}

/** The captures in the provider's own books for one merchant account. */
export async function readProviderBooks(access: ProviderAccess): Promise<ProviderCapture[]> {
  const url = new URL('/sandbox/v1/captures', access.origin);
  url.searchParams.set('account', access.account);
  const response = await fetch(url, { headers: { authorization: `Bearer ${access.secret}` } });
  if (!response.ok) throw new Error(`the provider answered ${response.status} for its books`);
  return answer.parse(await response.json()).captures;
}
