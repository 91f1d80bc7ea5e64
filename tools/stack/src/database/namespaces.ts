import { join } from 'node:path';

import { repositoryRoot } from '../stack-paths.ts';

export const clusterNames = ['catalog', 'shop', 'vault'] as const;
export type ClusterName = (typeof clusterNames)[number];

export const isClusterName = (text: string): text is ClusterName =>
  (clusterNames as readonly string[]).includes(text);

export interface Namespace {
  readonly name: string;
  readonly clusters: readonly ClusterName[];
  /** The library whose SQL files and generated row types belong to it. */
  readonly library: string;
}

/**
 * Who owns which PostgreSQL namespace. The order is the order in which the owners' SQL files run: what
 * stands above may be referred to from below.
 */
export const namespaces: readonly Namespace[] = [
  { name: 'cell', clusters: clusterNames, library: 'libs/platform/database' },
  { name: 'messaging', clusters: ['shop'], library: 'libs/platform/messaging' },
  { name: 'idempotency', clusters: ['shop'], library: 'libs/platform/idempotency' },
  { name: 'mail', clusters: ['shop'], library: 'libs/platform/mail' },
  { name: 'privacy', clusters: ['shop'], library: 'libs/privacy' },
  { name: 'vault', clusters: ['vault'], library: 'libs/privacy' },
  { name: 'identity', clusters: ['shop'], library: 'libs/identity' },
  { name: 'consents', clusters: ['shop'], library: 'libs/consents' },
  { name: 'catalog', clusters: ['catalog'], library: 'libs/catalog' },
  { name: 'catalog_local', clusters: ['catalog'], library: 'libs/catalog' },
  { name: 'carts', clusters: ['shop'], library: 'libs/carts' },
  { name: 'inventory', clusters: ['shop'], library: 'libs/inventory' },
  { name: 'orders', clusters: ['shop'], library: 'libs/orders' },
  { name: 'payments', clusters: ['shop'], library: 'libs/payments' },
  { name: 'invoices', clusters: ['shop'], library: 'libs/invoices' },
  { name: 'rights', clusters: ['shop'], library: 'libs/flows/rights' },
  { name: 'relocation', clusters: ['shop'], library: 'libs/flows/relocation' },
];

export const clusterFolder = (cluster: ClusterName): string =>
  join(repositoryRoot, 'prisma', cluster);
