export { KafkaEventLog } from './adapters/kafka-event-log.ts';
export type { KafkaEventLogOptions, KafkaLogin } from './adapters/kafka-event-log.ts';
export { KafkaTopicReader, TopicNotReadError } from './adapters/kafka-topic-reader.ts';
export type { KafkaTopicReaderOptions, ReadRecord } from './adapters/kafka-topic-reader.ts';
export { KafkaTopicScan } from './adapters/kafka-topic-scan.ts';
export type { TopicScan } from './adapters/kafka-topic-scan.ts';
export { CellHeartbeat, readPeerHealth } from './cell-heartbeat.ts';
export type { CellHeartbeatParts, PeerHealth } from './cell-heartbeat.ts';
export { CellMessaging } from './cell-messaging.ts';
export type { CellMessagingParts } from './cell-messaging.ts';
export { DeadLetterStore } from './dead-letter-store.ts';
export type { StoredDeadLetter } from './dead-letter-store.ts';
export {
  EnvelopeError,
  EnvelopeSigner,
  EnvelopeVerifier,
  readLocalEnvelope,
  writeLocalEnvelope,
} from './envelope.ts';
export type { EnvelopeFault, EventEnvelope, PinnedKeys } from './envelope.ts';
export { afterEvent, assertConsumers, onEvent } from './event-consumer.ts';
export type { EventConsumer, EventHandler, HandleEvent, ReceivedEvent } from './event-consumer.ts';
export { EventTraces } from './event-traces.ts';
export { EventLog } from './event-log.ts';
export type { LogRecord, ReceivedRecord, Subscription, SubscriptionRequest } from './event-log.ts';
export type { OutboxEvent } from '@entrepot/contracts/events/define-event';
export { MessagingMetrics } from './messaging-metrics.ts';
export { Outbox } from './outbox.ts';
export { OutboxRelay } from './outbox-relay.ts';
export type { OutboxRelayParts, RecordWriter } from './outbox-relay.ts';
export { RecordReader } from './record-reader.ts';
export { globalRecordWriter, localRecordWriter } from './record-writers.ts';
export { deleteOldMessages, readOutboxLag, readParked, RelayStore } from './relay-store.ts';
export type { OutboxRow, OutboxScope } from './relay-store.ts';
export { RunningConsumer } from './running-consumer.ts';
export type { RunningConsumerParts } from './running-consumer.ts';
