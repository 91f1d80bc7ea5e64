import type { Database } from '@entrepot/platform-database';
import { readOutboxLag } from '@entrepot/platform-messaging';
import type { OutboxScope } from '@entrepot/platform-messaging';
import type { ReadinessProbe } from './readiness.ts';

/** Down where no synchronous standby streams: then writes wait, and reads go on. */
export const replicationProbe = (cluster: string, database: Database): ReadinessProbe => ({
  name: `replication ${cluster}`,
  required: false,
  lag: { kind: 'replication', of: cluster },
  measure: async () => {
    const bytes = await database.standbyLagBytes();
    if (bytes === undefined) throw new Error(`${cluster} has no synchronous standby`);
    return bytes;
  },
});

/** Down until the first heartbeat of the leader has come; an old catalog is served and says its age. */
export const catalogProbe = (age: { execute(): Promise<number | undefined> }): ReadinessProbe => ({
  name: 'catalog age',
  required: false,
  lag: { kind: 'catalog', of: 'catalog' },
  measure: async () => {
    const ms = await age.execute();
    if (ms === undefined) throw new Error('no heartbeat of the leader has come');
    // the leader's clock may be ahead of this cell's
    return Math.max(0, ms / 1000);
  },
});

export const openOrderProbe = (orders: {
  oldestOpenSeconds(): Promise<number>;
}): ReadinessProbe => ({
  name: 'open order',
  required: false,
  lag: { kind: 'openOrder', of: 'checkout' },
  measure: () => orders.oldestOpenSeconds(),
});

/** Degraded from the day on which a processor should have proven that it erased. */
export const recipientProbe = (notices: {
  oldestOverdueSeconds(): Promise<number>;
}): ReadinessProbe => ({
  name: 'recipients',
  required: false,
  lag: { kind: 'recipient', of: 'erasure' },
  measure: () => notices.oldestOverdueSeconds(),
});

/** Degraded once a person has waited for long to be told that their request is in. */
export const acknowledgementProbe = (owed: {
  oldestSeconds(): Promise<number>;
}): ReadinessProbe => ({
  name: 'acknowledgements',
  required: false,
  lag: { kind: 'acknowledgement', of: 'erasure' },
  measure: () => owed.oldestSeconds(),
});

/** Degraded from when an operator should have given the evidence that erasures wait for. */
export const evidenceProbe = (requests: {
  oldestUnverifiedSeconds(): Promise<number>;
}): ReadinessProbe => ({
  name: 'erasure evidence',
  required: false,
  lag: { kind: 'evidence', of: 'erasure' },
  measure: () => requests.oldestUnverifiedSeconds(),
});

export const outboxProbe = (scope: OutboxScope, shop: Database): ReadinessProbe => ({
  name: `outbox ${scope}`,
  required: false,
  lag: { kind: 'outbox', of: `relay.${scope}` },
  measure: () => readOutboxLag(shop, scope),
});

/** Kafka is asked over a connection of its own, so less often than the stores. */
const consumerLagFreshMs = 5_000;

export const consumerProbe = (consumer: {
  readonly name: string;
  lag(): Promise<number>;
}): ReadinessProbe => ({
  name: `consumer ${consumer.name}`,
  required: false,
  lag: { kind: 'consumer', of: consumer.name },
  measure: remembered(consumerLagFreshMs, () => consumer.lag()),
});

/** Answers what it has for so long; a failure is asked again at once. */
function remembered(freshMs: number, ask: () => Promise<number>): () => Promise<number> {
  let newest: { readonly value: number; readonly at: number } | undefined;
  return async () => {
    if (newest === undefined || performance.now() - newest.at >= freshMs) {
      newest = undefined;
      newest = { value: await ask(), at: performance.now() };
    }
    return newest.value;
  };
}
