import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const accountsFile = z
  .array(
    z.strictObject({
      /** Names the merchant in the books; a cell id in our stacks. */
      name: z.string().min(1),
      /** Stripe: `sk_test_…`; Razorpay: `key_id:key_secret`. */
      secretKey: z.string().min(16),
      webhookSecret: z.string().min(16),
      webhookUrl: z.url().optional(),
    }),
  )
  .min(1);
export type Account = z.infer<typeof accountsFile>[number];

export class Accounts {
  readonly all: readonly Account[];

  constructor(all: readonly Account[]) {
    this.all = all;
  }

  static async read(path: string): Promise<Accounts> {
    return new Accounts(accountsFile.parse(JSON.parse(await readFile(path, 'utf8'))));
  }

  /** Stripe sends its key as bearer or as basic user, Razorpay key id and secret as basic. */
  authenticate(authorization: string | undefined): Account | undefined {
    const credential = credentialOf(authorization ?? '');
    return this.all.find(({ secretKey }) => isSameSecret(secretKey, credential));
  }

  named(name: string): Account | undefined {
    return this.all.find((account) => account.name === name);
  }
}

function credentialOf(authorization: string): string {
  const [scheme, value = ''] = authorization.split(' ', 2);
  if (scheme !== 'Basic') return value;
  return Buffer.from(value, 'base64').toString('utf8').replace(/:$/u, '');
}

export function isSameSecret(expected: string, given: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(expected), digest(given));
}
