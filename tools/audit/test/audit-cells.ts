import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { auditCell } from '../src/index.ts';
import type { CellAudit, CellKey } from '../src/index.ts';

export interface KeyPair {
  readonly key: CellKey;
  readonly publicKeyPem: string;
}

/** A key pair of a cell as set-up makes one. */
export function keyPairOf(cell: string, kid = 'k1'): KeyPair {
  const { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject } =
    generateKeyPairSync('ed25519');
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { key: { cell, kid, privateKey }, publicKeyPem };
}

/** The books of a cell with nothing in it but one confirmed order that nobody has paid. */
export const booksOf = (cell: string) => ({
  stock: { cell, pools: [], channels: [], journal: [], reservations: [] },
  orders: {
    cell,
    orders: [{ orderId: 'ord_of_audit', status: 'confirmed', currency: 'INR', totalMinor: 500 }],
    carts: [],
    lines: [],
    reservations: [],
  },
  payments: [],
  ledger: [],
  invoices: [{ orderId: 'ord_of_audit', kind: 'full' }],
  pastInvoices: [],
  refusals: [{ pool: 'blr/A1', quantity: 5, startedAt: 10, endedAt: 20 }],
  borrows: 0,
  erasures: { requests: [], events: [] },
});

export const auditOf = (cell: string): CellAudit =>
  auditCell(
    { cell, shop: booksOf(cell), provider: [], history: [] },
    new Date('2026-01-01T00:00:00Z'),
  );
