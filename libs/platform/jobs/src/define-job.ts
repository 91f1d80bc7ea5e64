import { schemaOf } from '@entrepot/contracts/events/event-fields';
import type { EventFields, FieldValues } from '@entrepot/contracts/events/event-fields';
import type { z } from 'zod';

/** What a job may carry: what to look at, never what is in it. */
export type JobFieldClass = 'cell' | 'code' | 'count' | 'instant' | 'reference' | 'randomReference';

export interface JobDefinition<Payload = Readonly<Record<string, unknown>>> {
  /** `payments.settle-attempt`: the domain, then what is done. */
  readonly name: string;
  readonly schema: z.ZodType<Payload>;
  readonly attemptsMax: number;
  /** How many of them a process works at side by side. Each kind has slots of its own: none waits behind another. */
  readonly atOnceMax: number;
  /** How often the database is asked for what no job was kept for. */
  readonly rederiveEverySeconds: number;
}
export type JobPayload<Definition> =
  Definition extends JobDefinition<infer Payload> ? Payload : never;

const namePattern = /^[a-z][a-z-]*\.[a-z][a-z-]*$/;
const fieldClassesAllowed: ReadonlySet<string> = new Set<JobFieldClass>([
  'cell',
  'code',
  'count',
  'instant',
  'reference',
  'randomReference',
]);

/**
 * Declares a job. A job is a hint that there is work: its payload names the work by ids and codes, and
 * whatever was to be done can be found in the database again when the hint is lost.
 */
export function defineJob<const Fields extends EventFields<JobFieldClass>>(declaration: {
  readonly name: string;
  readonly fields: Fields;
  readonly attemptsMax?: number;
  readonly atOnceMax: number;
  readonly rederiveEverySeconds: number;
}): JobDefinition<FieldValues<Fields>> {
  const { name, fields, attemptsMax = 5, atOnceMax, rederiveEverySeconds } = declaration;
  if (!namePattern.test(name))
    throw new TypeError(`Job ${name}: a name is <domain>.<what-is-done>`);
  for (const [field, { class: fieldClass }] of Object.entries(fields)) {
    if (fieldClassesAllowed.has(fieldClass)) continue;
    throw new TypeError(`Job ${name}: field ${field} (${fieldClass}) may not be in a payload`);
  }
  if (!Number.isInteger(atOnceMax) || atOnceMax < 1)
    throw new TypeError(`Job ${name}: atOnceMax is a whole number from 1`);
  return { name, schema: schemaOf(fields), attemptsMax, atOnceMax, rederiveEverySeconds };
}
