import type { HealthCheck } from '@entrepot/contracts/api/health';
import type { MetricLabel } from '@entrepot/platform-telemetry';

const walSegmentBytes = 16 * 1024 * 1024;

export interface LagKind {
  readonly unit: NonNullable<HealthCheck['unit']>;
  /** In `unit`: from here on a check is marked `degraded`. */
  readonly degradedAbove: number;
  /** The gauge's name and help; the label says whose lag it is. */
  readonly gauge: `entrepot_${string}`;
  readonly help: string;
  readonly label: MetricLabel;
}

/** What can be behind in a cell. Nothing here makes serving wrong, so none of it stops traffic. */
export const lagKinds = {
  replication: {
    unit: 'bytes',
    degradedAbove: walSegmentBytes,
    gauge: 'entrepot_replication_lag_bytes',
    help: 'Log of a primary that its synchronous standby has not made durable',
    label: 'cluster',
  },
  // the leader beats every 5 s
  catalog: {
    unit: 'seconds',
    degradedAbove: 30,
    gauge: 'entrepot_catalog_age_seconds',
    help: "Age of the newest of the leader's heartbeats that has arrived in this cell's catalog",
    label: 'cluster',
  },
  outbox: {
    unit: 'seconds',
    degradedAbove: 10,
    gauge: 'entrepot_outbox_lag_seconds',
    help: 'How long the oldest event has waited for its relay',
    label: 'component',
  },
  consumer: {
    unit: 'records',
    degradedAbove: 1_000,
    gauge: 'entrepot_consumer_lag_records',
    help: 'Records in the log that a consumer has not handled',
    label: 'consumer',
  },
  // a shopper has ten minutes at the provider, and an undecided order two
  openOrder: {
    unit: 'seconds',
    degradedAbove: 900,
    gauge: 'entrepot_open_order_age_seconds',
    help: 'How long the oldest open order has waited for its stock, its shopper or the provider',
    label: 'component',
  },
  // within their days processors are only waited for
  recipient: {
    unit: 'seconds',
    degradedAbove: 0,
    gauge: 'entrepot_recipient_overdue_seconds',
    help: 'How long the processor that is latest to prove an erasure is past its day',
    label: 'component',
  },
  // a letter that is not taken at once is tried again each minute
  acknowledgement: {
    unit: 'seconds',
    degradedAbove: 3_600,
    gauge: 'entrepot_acknowledgement_owed_seconds',
    help: 'How long the oldest letter is owed that says that a request to be erased is in',
    label: 'component',
  },
  // processes answer within seconds, and operators look at least daily
  evidence: {
    unit: 'seconds',
    degradedAbove: 2 * 86_400,
    gauge: 'entrepot_erasure_unverified_seconds',
    help: 'How long the oldest erasure has waited for evidence that nobody can read the person',
    label: 'component',
  },
  // a cell tells its peers every 5 s that it is there
  peer: {
    unit: 'seconds',
    degradedAbove: 30,
    gauge: 'entrepot_peer_silence_seconds',
    help: 'Age of the newest heartbeat of another cell',
    label: 'peer',
  },
} as const satisfies Record<string, LagKind>;

export type LagKindName = keyof typeof lagKinds;
