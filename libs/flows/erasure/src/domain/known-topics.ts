/** A topic that somebody answers for. */
export interface KnownTopic {
  readonly name: string;
  /** `expires` by age; `stays`, compacted, and holds facts that concern nobody. */
  readonly kind: 'expires' | 'stays';
}

/** What brokers and mirrors keep for themselves: places, groups, settings; no records of ours. */
const ofTheBroker = [
  /^__consumer_offsets$/,
  /^__transaction_state$/,
  /^mm2-[a-z]+\.[A-Za-z0-9_.-]+$/,
];

export interface FoundTopics {
  /** Topics with records of ours. */
  readonly ours: readonly KnownTopic[];
  /** The first one that nobody answers for; its name as far as it is fit for a record. */
  readonly unknown: string | undefined;
}

/** Holds the topics of a running broker against those that are known, which peers' copies repeat. */
export function sortTopics(
  names: readonly string[],
  {
    known,
    prefix,
    peers,
  }: {
    readonly known: readonly KnownTopic[];
    readonly prefix: string;
    readonly peers: readonly string[];
  },
): FoundTopics {
  const byName = new Map<string, KnownTopic>();
  for (const topic of known) {
    byName.set(`${prefix}${topic.name}`, topic);
    for (const peer of peers) byName.set(`${peer}.${prefix}${topic.name}`, topic);
  }
  const ours: KnownTopic[] = [];
  let unknown: string | undefined;
  for (const name of names) {
    if (ofTheBroker.some((form) => form.test(name))) continue;
    const topic = byName.get(name);
    if (topic === undefined) unknown ??= nameFit(name);
    else ours.push({ name, kind: topic.kind });
  }
  return { ours, unknown };
}

const nameFit = (name: string): string =>
  /^[a-z][a-z0-9_.-]{0,100}$/.test(name) ? name : 'unnamed';
