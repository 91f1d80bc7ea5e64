import type { DataCategory } from '@entrepot/privacy';

/**
 * The category of each table about people. A table that is missing here cannot be assessed, and a request
 * that meets one fails by its name.
 */
export const categoryOfTable: Readonly<Record<string, DataCategory>> = {
  'identity.account': 'account',
  'identity.address': 'address',
  'identity.session': 'session',
  'identity.staff': 'staff_login',
  'carts.cart': 'cart',
  'orders.order': 'order',
  'payments.payment': 'payment',
  'idempotency.request': 'request_key',
  'privacy.subject': 'erasure_record',
  'privacy.erasure_request': 'erasure_record',
  'vault.subject_key': 'erasure_record',
  'vault.fence': 'erasure_record',
  'vault.erasure_ledger': 'erasure_record',
  'vault.login_index': 'login',
};
