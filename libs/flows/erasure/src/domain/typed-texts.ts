import type { TypedText } from '@entrepot/privacy';

/** Where a person's own words are stored, as far as nobody else has the same ones. */
export const typedFields = [
  { store: 'identity.account', fields: ['email', 'full_name'] },
  { store: 'identity.address', fields: ['content'] },
  { store: 'identity.staff', fields: ['email', 'full_name'] },
  { store: 'orders.order', fields: ['address'] },
  { store: 'orders.order_recipient', fields: ['address', 'message'] },
  { store: 'rights.grievance', fields: ['answer', 'content'] },
  { store: 'rights.nominee', fields: ['content'] },
] as const;

/** Members of an address that many people share, and that stand in tables of ours besides. */
const shared: ReadonlySet<string> = new Set(['city', 'country', 'postalCode', 'subdivision']);

/** The texts within a stored value: an address is kept as JSON, everything else as it was typed. */
export function textsIn(field: string, stored: string): TypedText[] {
  const parsed = parsedOr(stored);
  if (typeof parsed !== 'object' || parsed === null) return [{ field, text: stored }];
  return Object.entries(parsed).flatMap(([member, value]) =>
    typeof value === 'string' && !shared.has(member) ? [{ field, text: value }] : [],
  );
}

function parsedOr(stored: string): unknown {
  if (!stored.startsWith('{')) return stored;
  try {
    return JSON.parse(stored);
  } catch {
    // a name may begin with a brace
    return stored;
  }
}
