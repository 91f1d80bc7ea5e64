import type { EventDefinition } from '@entrepot/contracts/events/define-event';
import { isGlobalTopic } from '@entrepot/contracts/events/define-event';
import type { Transaction } from '@entrepot/platform-database';

export interface ReceivedEvent<Body> {
  readonly id: string;
  /** Who told it: this cell for a local event, a verified peer for a global one. */
  readonly cell: string;
  readonly key: string;
  readonly aggregateVersion: number;
  readonly body: Body;
}

/** Runs in the transaction that notes the event as taken in: both happen or neither does. */
export type HandleEvent<Body> = (tx: Transaction, event: ReceivedEvent<Body>) => Promise<void>;

export interface EventHandler {
  readonly definition: EventDefinition;
  /** Throws when the body does not fit the definition. */
  handle(tx: Transaction, event: ReceivedEvent<unknown>): Promise<void>;
  /** Runs once the event has been taken in, with no transaction open. */
  afterwards?(event: ReceivedEvent<unknown>): Promise<void>;
}

/** Binds a handler to one type and version of event. */
export const onEvent = <Body extends Readonly<Record<string, unknown>>>(
  definition: EventDefinition<Body>,
  handle: HandleEvent<Body>,
): EventHandler => ({
  definition,
  handle: (tx, event) => handle(tx, { ...event, body: event.body as Body }),
});

/**
 * Binds work that waits for others, such as a payment provider, which no transaction may do. It runs
 * after the commit that takes the event in, and again whenever the event is delivered again: a process
 * that dies in between loses nothing, so the work must be one that may be repeated.
 */
export const afterEvent = <Body extends Readonly<Record<string, unknown>>>(
  definition: EventDefinition<Body>,
  work: (event: ReceivedEvent<Body>) => Promise<void>,
): EventHandler => ({
  definition,
  handle: () => Promise.resolve(),
  afterwards: (event) => work({ ...event, body: event.body as Body }),
});

/** Something that reacts to events, with a position of its own in every topic it reads. */
export interface EventConsumer {
  /** `orders.payment-results`; unique in the cell and never renamed: it is the name of the position. */
  readonly name: string;
  readonly handlers: readonly EventHandler[];
  /**
   * `contiguous` when every version of a key is told, so that a missing one is noticed; otherwise
   * versions only have to rise.
   */
  readonly versions?: 'contiguous' | 'rising';
}

const versionsAcceptedMax = 2;

/** Refuses consumers that could not work: start-up ends here rather than an event later. */
export function assertConsumers(consumers: readonly EventConsumer[]): void {
  const refuse = (name: string, reason: string): never => {
    throw new TypeError(`Consumer ${name}: ${reason}`);
  };
  const names = new Set<string>();
  for (const { name, handlers } of consumers) {
    if (!/^[a-z][a-z.-]+$/.test(name)) refuse(name, 'a name is in lower case with dots and dashes');
    if (names.has(name)) refuse(name, 'the name is used twice');
    names.add(name);
    if (handlers.length === 0) refuse(name, 'it handles nothing');
    const byType = Map.groupBy(handlers, ({ definition }) => definition.type);
    for (const [type, ofType] of byType) {
      const versions = ofType.map(({ definition }) => definition.version).sort((a, b) => a - b);
      if (new Set(versions).size !== versions.length) refuse(name, `${type} is handled twice`);
      const [oldest = 0, newest = 0] = [versions[0], versions.at(-1)];
      if (newest - oldest >= versionsAcceptedMax) {
        refuse(name, `${type} may be handled in its newest version and the one before`);
      }
    }
  }
}

/** The topics a consumer reads: its own cell's local ones, and the peers' global ones. */
export function topicsOf(consumer: EventConsumer, peers: readonly string[]): readonly string[] {
  const topics = new Set(consumer.handlers.map(({ definition }) => definition.topic));
  return [...topics].flatMap((topic) =>
    isGlobalTopic(topic) ? peers.map((peer) => `${peer}.${topic}`) : [topic],
  );
}
