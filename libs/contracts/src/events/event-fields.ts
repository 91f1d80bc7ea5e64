import { z } from 'zod';

/**
 * What a field of an event may hold. Fields that cross say nothing about a person; fields that stay
 * are about one thing or one person and never leave the cell that wrote them. There is no class for
 * readable personal data: an event carries a reference, or ciphertext under the subject's key.
 */
export const fieldClasses = {
  cell: 'crosses',
  code: 'crosses',
  country: 'crosses',
  count: 'crosses',
  instant: 'crosses',
  randomReference: 'crosses',
  sku: 'crosses',
  warehouse: 'crosses',
  crossingList: 'crosses',
  amount: 'stays',
  ciphertext: 'stays',
  list: 'stays',
  reference: 'stays',
} as const satisfies Record<string, 'crosses' | 'stays'>;

export type FieldClass = keyof typeof fieldClasses;
export type CrossingClass = {
  [Class in FieldClass]: (typeof fieldClasses)[Class] extends 'crosses' ? Class : never;
}[FieldClass];

export interface EventField<Class extends FieldClass = FieldClass, Value = unknown> {
  readonly class: Class;
  readonly schema: z.ZodType<Value>;
}
export type EventFields<Class extends FieldClass = FieldClass> = Readonly<
  Record<string, EventField<Class>>
>;
export type FieldValues<Fields extends EventFields> = {
  readonly [Name in keyof Fields]: z.output<Fields[Name]['schema']>;
};

const listItemsMax = 1_000;

const classed = <Class extends FieldClass, Value>(
  name: Class,
  schema: z.ZodType<Value>,
): EventField<Class, Value> => ({ class: name, schema });

const pattern = <Class extends FieldClass>(name: Class, expression: RegExp) =>
  classed<Class, string>(name, z.string().regex(expression));

/** A strict object over the fields: an unknown name is an error. */
export const schemaOf = <Fields extends EventFields>(fields: Fields) =>
  z.strictObject(
    Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema])),
  ) as unknown as z.ZodType<FieldValues<Fields>>;

const arrayOf = <Fields extends EventFields>(fields: Fields, itemsMax: number) =>
  z.array(schemaOf(fields)).max(itemsMax) as unknown as z.ZodType<readonly FieldValues<Fields>[]>;

/** The fields an event can be made of; each names its class. */
export const field = {
  /** A cell's id, `in-1`. */
  cell: () => pattern('cell', /^[a-z]{2}-[1-9][0-9]{0,2}$/),
  /** One word of a closed list. */
  code: <const Codes extends readonly [string, ...string[]]>(...codes: Codes) =>
    classed<'code', Codes[number]>('code', z.literal([...codes])),
  /** ISO 3166-1 alpha-2. */
  country: () => pattern('country', /^[A-Z]{2}$/),
  /** A whole number from 0 to 2⁵³−1: a total, a quantity, a sequence, an epoch. */
  count: () => classed('count', z.int().min(0)),
  /** RFC 3339 in UTC with milliseconds, as `Date.toISOString` writes it. */
  instant: () => classed('instant', z.iso.datetime({ precision: 3 })),
  /** A random token, derived from nothing and stored with no subject. */
  randomReference: () => pattern('randomReference', /^[0-9A-Za-z_-]{16,64}$/),
  sku: () => pattern('sku', /^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$/),
  warehouse: () => pattern('warehouse', /^[a-z][a-z0-9-]{1,31}$/),
  /** Items of one shape, all of whose fields may cross. */
  crossingList: <Fields extends EventFields<CrossingClass>>(fields: Fields, max = listItemsMax) => {
    for (const [name, declared] of Object.entries(fields)) {
      // the type says so too, but a definition may come from untyped code
      const actual: 'crosses' | 'stays' = fieldClasses[declared.class as FieldClass];
      if (actual === 'crosses') continue;
      throw new TypeError(`Field ${name} (${declared.class}) may not be in a list that crosses`);
    }
    return classed('crossingList', arrayOf(fields, max));
  },

  /** Minor units of a currency that is named beside it. */
  amount: () => classed('amount', z.int()),
  /** Personal data under the subject's key. */
  ciphertext: () => pattern('ciphertext', /^v1\|[\x20-\x7e]+$/),
  /** Items of one shape that stay in the cell. */
  list: <Fields extends EventFields>(fields: Fields, max = listItemsMax) =>
    classed('list', arrayOf(fields, max)),
  /** An opaque id of ours (`ord_in-1_…`, `sub_…`). */
  reference: () => pattern('reference', /^[0-9A-Za-z_:.-]{1,128}$/),
};
