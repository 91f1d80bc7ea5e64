import kafkajs from 'kafkajs';
import type { Kafka, Producer, TopicMessages } from 'kafkajs';

const retriesMax = 3;
const firstRetryMs = 100;
const retryMsMax = 1_000;

/**
 * One idempotent producer behind one queue. kafkajs numbers the records of an idempotent producer at
 * the time of `send`, so two sends at once break the sequence (tulios/kafkajs#598); and after a send
 * has failed nobody knows which numbers the broker has seen, so the producer is thrown away.
 */
export class KafkaPublisher {
  private tail: Promise<unknown> = Promise.resolve();
  private producer: Promise<Producer> | undefined;

  constructor(private readonly kafka: Kafka) {}

  send(topicMessages: TopicMessages[]): Promise<void> {
    const turn = this.tail.then(() => this.sendNow(topicMessages));
    this.tail = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    await this.tail;
    await this.discard();
  }

  private async sendNow(topicMessages: TopicMessages[]): Promise<void> {
    try {
      this.producer ??= this.connect();
      const producer = await this.producer;
      await producer.sendBatch({ topicMessages, acks: -1 });
    } catch (error) {
      await this.discard();
      throw error;
    }
  }

  private async connect(): Promise<Producer> {
    const producer = this.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      retry: { retries: retriesMax, initialRetryTime: firstRetryMs, maxRetryTime: retryMsMax },
    });
    await producer.connect();
    return producer;
  }

  private async discard(): Promise<void> {
    const producer = this.producer;
    this.producer = undefined;
    // Whatever became of it, its connection is not used again.
    await producer?.then((opened) => opened.disconnect()).catch(() => undefined);
  }
}
