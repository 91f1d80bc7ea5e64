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
  'orders.order_recipient': 'order',
  'payments.payment': 'payment',
  'idempotency.request': 'request_key',
  'privacy.subject': 'erasure_record',
  'privacy.erasure_request': 'erasure_record',
  'privacy.restored_erasure': 'erasure_record',
  'privacy.legal_hold': 'erasure_record',
  'privacy.erasure_approval': 'erasure_record',
  'privacy.access_log': 'access_record',
  'rights.request': 'rights_request',
  'rights.export': 'rights_request',
  'rights.grievance': 'rights_request',
  'rights.nominee': 'rights_request',
  'relocation.departure': 'rights_request',
  'consents.entry': 'consent',
  'vault.login_index': 'login',
};

/** What a case may need of a category, `schema.table.column`. Credentials are of no use to any. */
const heldFields: Partial<Record<DataCategory, readonly string[]>> = {
  account: ['identity.account.email', 'identity.account.full_name'],
  address: ['identity.address.content'],
  session: ['identity.session.ended_at', 'identity.session.started_at'],
  order: ['orders.order.address'],
  staff_login: ['identity.staff.email', 'identity.staff.full_name'],
};

export const heldFieldsOf = (category: DataCategory): readonly string[] =>
  heldFields[category] ?? [];

/** Everything else in the vault is keys on their way out, fences, and the ledger. */
const vaultPrefix = 'vault.';

/**
 * The category of a table about people, `schema.table`. Undefined for a table that nobody has placed: it
 * cannot be assessed, and a request that meets it fails by its name.
 */
export const categoryOfTable = (table: string): DataCategory | undefined =>
  categories[table] ?? (table.startsWith(vaultPrefix) ? 'erasure_record' : undefined);
