import type { DataCategory } from '@entrepot/privacy';

const categories: Readonly<Record<string, DataCategory>> = {
  'identity.account': 'account',
  'identity.address': 'address',
  'identity.session': 'session',
  'identity.staff': 'staff_login',
  'identity.passkey': 'staff_login',
  'identity.role_grant': 'staff_login',
  'identity.staff_act': 'staff_login',
  'carts.cart': 'cart',
  'orders.order': 'order',
  'payments.payment': 'payment',
  'idempotency.request': 'request_key',
  'privacy.subject': 'erasure_record',
  'privacy.erasure_request': 'erasure_record',
  'privacy.restored_erasure': 'erasure_record',
  'vault.login_index': 'login',
};

/** Everything else in the vault is keys on their way out, fences, and the ledger. */
const vaultPrefix = 'vault.';

/**
 * The category of a table about people, `schema.table`. Undefined for a table that nobody has placed: it
 * cannot be assessed, and a request that meets it fails by its name.
 */
export const categoryOfTable = (table: string): DataCategory | undefined =>
  categories[table] ?? (table.startsWith(vaultPrefix) ? 'erasure_record' : undefined);
