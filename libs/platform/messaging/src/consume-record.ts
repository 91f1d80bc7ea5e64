import { DomainError, OutcomeUnknownError } from '@entrepot/kernel';
import type { Database, Transaction } from '@entrepot/platform-database';

import { EnvelopeError } from './envelope.ts';
import type { EventConsumer, EventHandler, ReceivedEvent } from './event-consumer.ts';
import type { ReceivedRecord } from './event-log.ts';
import { Inbox, parkRecord } from './inbox.ts';
import type { DeadLetter } from './inbox.ts';
import type { MessagingMetrics } from './messaging-metrics.ts';
import type { ReadEvent, RecordReader } from './record-reader.ts';

const attemptsMax = 5;
const firstRetryMs = 50;
const retryMsMax = 1_000;

/** Does not fit its declaration, so trying again is of no use. */
class UnfitEventError extends Error {
  override readonly name = 'UnfitEventError';

  constructor(readonly code: 'UNKNOWN_VERSION' | 'BODY_MALFORMED' | 'KEY_MISMATCH') {
    super(code);
  }
}

export interface RecordConsumptionParts {
  readonly consumer: EventConsumer;
  readonly database: Database;
  readonly reader: RecordReader;
  readonly metrics: MessagingMetrics;
  readonly sleep?: (ms: number) => Promise<void>;
}

type Place = Pick<ReceivedRecord, 'topic' | 'partition' | 'offset'>;

/**
 * Takes one record in for one consumer: once, in the order of its key, or not at all and into the dead
 * letters with a code. Only a store that does not answer makes it reject: then the record is to be
 * delivered again.
 */
export class RecordConsumption {
  private readonly inbox: Inbox;

  constructor(private readonly parts: RecordConsumptionParts) {
    this.inbox = new Inbox(parts.database);
  }

  async consume(record: ReceivedRecord): Promise<void> {
    try {
      await this.takeIn(record, this.parts.reader.read(record), record.value);
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      await this.park({ ...this.placed(record), code: error.code, attempts: 1 });
    }
  }

  /** Also the way back for a dead letter. */
  async takeIn(
    place: Place,
    read: ReadEvent,
    value: Uint8Array | undefined,
    isOutOfOrderAllowed = false,
  ): Promise<void> {
    const { envelope, key } = read;
    const letter: DeadLetter = {
      ...this.placed(place),
      code: 'HANDLER_FAILED',
      attempts: 1,
      event: { id: envelope.id, key, version: envelope.seq, type: envelope.type },
      envelope: read.isGlobal && value !== undefined ? Buffer.from(value).toString() : undefined,
    };
    let handler: EventHandler | undefined;
    try {
      handler = this.handlerOf(read);
    } catch (error) {
      if (!(error instanceof UnfitEventError)) throw error;
      return this.park({ ...letter, code: error.code });
    }
    // A type of no interest still moves the key on where every version is counted.
    if (handler === undefined && this.parts.consumer.versions !== 'contiguous') return;
    const event: ReceivedEvent<unknown> = {
      id: envelope.id,
      cell: envelope.cell,
      key,
      aggregateVersion: envelope.seq,
      body: envelope.body,
    };
    const effect = (tx: Transaction) => handler?.handle(tx, event) ?? Promise.resolve();
    await this.withAttempts(letter, async () => {
      const isTaken = isOutOfOrderAllowed
        ? await this.takeOutOfOrder(event, effect)
        : await this.takeInOrder(place.topic, event, effect, letter);
      if (isTaken) await handler?.afterwards?.(event);
    });
  }

  private handlerOf({ envelope, key, topic }: ReadEvent): EventHandler | undefined {
    const ofType = this.parts.consumer.handlers.filter(
      ({ definition }) => definition.type === envelope.type && definition.topic === topic,
    );
    if (ofType.length === 0) return undefined;
    const handler = ofType.find(({ definition }) => definition.version === envelope.v);
    if (handler === undefined) throw new UnfitEventError('UNKNOWN_VERSION');
    const checked = handler.definition.schema.safeParse(envelope.body);
    if (!checked.success) throw new UnfitEventError('BODY_MALFORMED');
    if (handler.definition.keyOf(checked.data) !== key) throw new UnfitEventError('KEY_MISMATCH');
    return handler;
  }

  /** False where the event was refused; true also where it had been taken in before. */
  private async takeInOrder(
    topic: string,
    event: ReceivedEvent<unknown>,
    effect: (tx: Transaction) => Promise<void>,
    letter: DeadLetter,
  ): Promise<boolean> {
    const { consumer, metrics } = this.parts;
    const verdict = await this.inbox.take(
      {
        consumer: consumer.name,
        topic,
        key: event.key,
        version: event.aggregateVersion,
        eventId: event.id,
        isContiguous: consumer.versions === 'contiguous',
      },
      effect,
      (code) => ({ ...letter, code }),
    );
    metrics.eventsReceived.inc({ consumer: consumer.name, outcome: verdict });
    if (verdict === 'ACCEPTED' || verdict === 'DUPLICATE') return true;
    metrics.deadLetters.inc({ consumer: consumer.name, code: verdict });
    return false;
  }

  private async takeOutOfOrder(
    event: ReceivedEvent<unknown>,
    effect: (tx: Transaction) => Promise<void>,
  ): Promise<true> {
    const { consumer } = this.parts;
    await this.inbox.takeLate({ consumer: consumer.name, eventId: event.id }, effect);
    return true;
  }

  /**
   * A refusal is final. Other failures get a few attempts, then the record is parked and its key waits
   * behind it while the other keys go on. A store that is away is no fault of the record.
   */
  private async withAttempts(letter: DeadLetter, work: () => Promise<void>): Promise<void> {
    const sleep = this.parts.sleep ?? defaultSleep;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await work();
        return;
      } catch (error) {
        if (error instanceof OutcomeUnknownError) throw error;
        const isFinal = error instanceof DomainError || attempt === attemptsMax;
        const code = error instanceof DomainError ? error.code : 'HANDLER_FAILED';
        if (isFinal) return this.park({ ...letter, code, attempts: attempt });
        await sleep(Math.min(retryMsMax, firstRetryMs * 2 ** (attempt - 1)));
      }
    }
  }

  private placed({ topic, partition, offset }: Place) {
    return { consumer: this.parts.consumer.name, topic, partition, offset };
  }

  private async park(letter: DeadLetter): Promise<void> {
    await parkRecord(this.parts.database, letter);
    this.parts.metrics.deadLetters.inc({ consumer: letter.consumer, code: letter.code });
  }
}

const defaultSleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
