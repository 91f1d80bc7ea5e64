import type { Canaries } from '@entrepot/border-scan';
import { newCanaries } from '@entrepot/border-scan';
import type { GiftBody } from '@entrepot/contracts/api/orders';

const typed = ['recipient', 'line1', 'line2', 'city'] as const;

/** Somebody who gets a gift: every text about them is like no other, and they have no account. */
export class GiftRecipient {
  readonly gift: GiftBody;

  constructor({ country, postalCode }: { readonly country: string; readonly postalCode: string }) {
    const texts = newCanaries();
    const [recipient = '', line1 = '', line2 = '', city = ''] = typed.map((field) => texts[field]);
    const address = { recipient, line1, line2, city, postalCode, country };
    this.gift = { address, message: texts['fullName'] ?? '' };
  }

  /** What was typed about them and must never lie anywhere in the clear. */
  get canaries(): Canaries {
    const { address, message } = this.gift;
    const fields = typed.map((field) => [field, address[field] ?? '']);
    return { ...Object.fromEntries(fields), message: message ?? '' } as Canaries;
  }
}
