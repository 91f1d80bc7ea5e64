/** A record to append; records of one key keep their order. */
export interface LogRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: Uint8Array;
}

export interface ReceivedRecord {
  /** Without the prefix of a test run; a peer's topic begins with its cell: `in-1.global.cell.v1`. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string | undefined;
  readonly value: Uint8Array | undefined;
  readonly headerCount: number;
}

export interface Subscription {
  /** Rejects when reading has ended for good; the process should end and be started again. */
  readonly failed: Promise<never>;
  /** Resolves when no record is being handled any more. */
  stop(): Promise<void>;
}

export interface SubscriptionRequest {
  /** Processes with the same group share the records between them. */
  readonly group: string;
  readonly topics: readonly string[];
  /** Partitions handled at the same time; within one, records come one after the other. */
  readonly partitionsConcurrently: number;
}

/** An ordered, durable log of records by topic, at-least-once in both directions. */
export abstract class EventLog {
  /** Resolves when every record is as durable as the log makes it. In order, also between calls. */
  abstract append(records: readonly LogRecord[]): Promise<void>;
  /**
   * Hands over each record until `handle` resolves for it; a rejection is answered by delivering the
   * record again after a pause, so only failures that may pass may reject.
   */
  abstract subscribe(
    request: SubscriptionRequest,
    handle: (record: ReceivedRecord) => Promise<void>,
  ): Promise<Subscription>;
  /** Records that are in the log and that the group has not noted as handled. */
  abstract lagOf(request: Pick<SubscriptionRequest, 'group' | 'topics'>): Promise<number>;
  abstract close(): Promise<void>;
}
