import type { z } from 'zod';
import {
  fieldClasses,
  schemaOf,
  type CrossingClass,
  type EventFields,
  type FieldClass,
  type FieldValues,
} from './event-fields.ts';

/** `local.orders.v1` stays in its cell; `global.inventory.v1` is carried to the other cells. */
export type Topic = `${'local' | 'global'}.${string}.v${number}`;
type FieldsFor<Name extends Topic> = EventFields<
  Name extends `global.${string}` ? CrossingClass : FieldClass
>;

/** One event to be told once the transaction that appends it has committed. */
export interface OutboxEvent {
  readonly topic: Topic;
  /** The record key: events of one key are delivered in the order of `aggregateVersion`. */
  readonly key: string;
  /** Rises with every event of the key, whatever its type; starts at 1. */
  readonly aggregateVersion: number;
  readonly type: string;
  readonly version: number;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface EventDefinition<Body = Readonly<Record<string, unknown>>> {
  readonly topic: Topic;
  readonly type: string;
  readonly version: number;
  /** Class of every field, for the data map. */
  readonly classes: Readonly<Record<string, FieldClass>>;
  readonly schema: z.ZodType<Body>;
  /** The record key that a body must travel under. */
  keyOf(body: Body): string;
  /** Checks a body and makes it ready for `Outbox.append`. */
  of(body: Body, order: { readonly aggregateVersion: number }): OutboxEvent;
}
export type EventBody<Definition> = Definition extends EventDefinition<infer Body> ? Body : never;

const topicPattern = /^(local|global)\.[a-z][a-z-]*\.v[1-9][0-9]*$/;
const typePattern = /^[A-Z][A-Za-z]+$/;

export const isGlobalTopic = (topic: string): boolean => topic.startsWith('global.');

/**
 * Declares an event: its topic, its type in the past tense, its version, and the class of every
 * field. `key` names the fields whose values, joined with `/`, are the record key. An event of a
 * global topic takes only fields that may cross; the compiler refuses others, and so does start-up.
 */
export function defineEvent<
  const Name extends Topic,
  const Fields extends FieldsFor<Name>,
>(declaration: {
  readonly topic: Name;
  readonly type: string;
  readonly version: number;
  readonly key: readonly (keyof Fields & string)[];
  readonly fields: Fields;
}): EventDefinition<FieldValues<Fields>> {
  const { topic, type, version, key, fields } = declaration;
  const classes = Object.fromEntries(
    Object.entries(fields).map(([name, declared]) => [name, declared.class]),
  );
  assertDeclaration({ topic, type, version, key, classes });
  const schema = schemaOf(fields);
  const keyOf = (body: FieldValues<Fields>) => key.map((name) => String(body[name])).join('/');
  return {
    topic,
    type,
    version,
    classes,
    schema,
    keyOf,
    of(body, { aggregateVersion }) {
      const payload = schema.parse(body);
      return { topic, key: keyOf(payload), aggregateVersion, type, version, payload };
    },
  };
}

function assertDeclaration(declaration: {
  readonly topic: string;
  readonly type: string;
  readonly version: number;
  readonly key: readonly string[];
  readonly classes: Readonly<Record<string, FieldClass>>;
}): void {
  const { topic, type, version, key, classes } = declaration;
  const refuse = (reason: string): never => {
    throw new TypeError(`Event ${type} of ${topic}: ${reason}`);
  };
  if (!topicPattern.test(topic)) refuse('a topic is named local.<domain>.v1 or global.<domain>.v1');
  if (!typePattern.test(type)) refuse('a type is in PascalCase');
  if (!Number.isSafeInteger(version) || version < 1) refuse('a version is a whole number from 1');
  if (key.length === 0) refuse('a key names at least one field');
  for (const [name, fieldClass] of Object.entries(classes)) {
    if (!Object.hasOwn(fieldClasses, fieldClass))
      refuse(`field ${name} has no class: declare it with one of field.…`);
    if (isGlobalTopic(topic) && fieldClasses[fieldClass] !== 'crosses') {
      refuse(
        `field ${name} (${fieldClass}) may not cross a border: leave it out, or declare it with a class that crosses`,
      );
    }
  }
}
