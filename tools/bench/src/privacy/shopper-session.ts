import { randomUUID } from 'node:crypto';
import type { SubjectId } from '@entrepot/kernel';
import { FieldCipher, isTombstone, SubjectVault } from '@entrepot/platform-crypto';
import type { Ciphertext, RowPlace } from '@entrepot/platform-crypto';
import type { INestApplicationContext } from '@nestjs/common';

/** Somebody with a login and stored values, as far as keys are concerned. */
export interface KeyedShopper {
  readonly subject: SubjectId;
  readonly email: string;
  readonly account: Readonly<Record<'full_name' | 'password_hash', Ciphertext>>;
}

/** How often a session uses the person's key: signing in, the profile, an address, an order. */
export const keyUsesPerSession = 4;

const fields = {
  full_name: 'Measured Shopper',
  password_hash: '$argon2id$v=19$m=19456,t=2,p=1$'.padEnd(96, 'x'),
};
const address = JSON.stringify({ line1: '1 Harbour Road', city: 'Porttown', country: 'IN' });

const placeOf = (subject: SubjectId, table: string): RowPlace => ({
  ...{ table, rowId: subject, subject },
});

/** The vault's and the keys' part of a registration. */
export async function signUp(process: INestApplicationContext): Promise<KeyedShopper> {
  const [vault, cipher] = [process.get(SubjectVault), process.get(FieldCipher)];
  const email = `bench-${randomUUID()}@example.com`;
  const { subject } = await vault.reserve({ audience: 'shopper', email });
  const account = await cipher.encrypt(placeOf(subject, 'identity.account'), fields);
  await vault.activate(subject);
  return { subject, email, account };
}

/** Signs in, reads the profile, adds an address and orders; what lies around the keys is left out. */
export async function session(
  process: INestApplicationContext,
  { email, account }: KeyedShopper,
): Promise<void> {
  const cipher = process.get(FieldCipher);
  const found = await process.get(SubjectVault).find({ audience: 'shopper', email });
  if (found === undefined) throw new Error('a shopper who signed up is not found');
  const accountPlace = placeOf(found.subject, 'identity.account');
  const { full_name, password_hash } = account;
  for (const read of [{ password_hash }, { full_name }]) {
    if (isTombstone(await cipher.decrypt(accountPlace, read))) {
      throw new Error('a shopper’s own values do not open');
    }
  }
  for (const table of ['identity.address', 'orders.order']) {
    await cipher.encrypt(placeOf(found.subject, table), { address });
  }
}
