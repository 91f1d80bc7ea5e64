import type { KnownTopic } from '@entrepot/flow-erasure';

/** The topics of a cell, as `infra/kafka/topics.json` has them, and what scans and drills write for a moment. */
export const knownTopics: readonly KnownTopic[] = [
  ...[
    'local.carts.v1',
    'local.catalog.v1',
    'local.identity.v1',
    'local.inventory.v1',
    'local.orders.v1',
    'local.payments.v1',
    'local.privacy.v1',
    'local.stock-witness.v1',
    'global.cell.v1',
    'global.parcel.v1',
    'global.mirror-canary.v1',
    'border-scan-control',
  ].map((name) => ({ name, kind: 'expires' as const })),
  { name: 'global.inventory.v1', kind: 'stays' },
];
