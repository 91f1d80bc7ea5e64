import type { Admin, Kafka } from 'kafkajs';

const noOffset = -1n;
const retry = { retries: 1, initialRetryTime: 100, maxRetryTime: 500 };

/**
 * How far groups are behind, as the broker says; nobody joins a group to learn it. It is asked
 * seldom, so the connection is closed again each time.
 */
export class KafkaLag {
  constructor(private readonly kafka: Kafka) {}

  /** Records that the group has not committed; all there are where it has committed nothing. */
  async of(groupId: string, topics: readonly string[]): Promise<number> {
    const admin = this.kafka.admin({ retry });
    try {
      await admin.connect();
      const committed = await admin.fetchOffsets({ groupId, topics: [...topics] });
      let records = 0n;
      for (const { topic, partitions } of committed) {
        const at = new Map(partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
        records += await behindIn(admin, topic, at);
      }
      return Number(records);
    } finally {
      // whatever became of it, its connection is not used again
      await admin.disconnect().catch(() => undefined);
    }
  }
}

async function behindIn(
  admin: Admin,
  topic: string,
  committed: ReadonlyMap<number, bigint>,
): Promise<bigint> {
  let records = 0n;
  for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
    const offset = committed.get(partition) ?? noOffset;
    // retention may have deleted what the group had not come to
    const first = offset < BigInt(low) ? BigInt(low) : offset;
    records += BigInt(high) - first;
  }
  return records;
}
