import { z } from 'zod';
import { KmsError } from '../errors.ts';
import type { KeyRecord } from '../keys/key-record.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { keySpecs } from '../keys/key-spec.ts';
import type { KeyUsage } from '../keys/key-spec.ts';
import { assertStateAllows } from '../keys/key-states.ts';
import type { KeyOperation } from '../keys/key-states.ts';

/** The members of an answer, as they go on the wire. */
export type Answer = Record<string, unknown>;

/** Answers one operation: parses its input, finds and checks the key, acts. */
export type Operation = (ring: KeyRing, input: unknown) => Promise<Answer>;

interface KeyCall<Input> {
  readonly ring: KeyRing;
  readonly key: KeyRecord;
  readonly input: Input;
}
type Reply = Answer | Promise<Answer>;

/** An operation on an existing key; the state table decides before `act` is asked. */
export function onKey<Schema extends z.ZodType>(options: {
  readonly name: KeyOperation;
  readonly input: Schema;
  readonly usage?: KeyUsage;
  readonly find: (ring: KeyRing, input: z.output<Schema>) => KeyRecord;
  readonly act: (call: KeyCall<z.output<Schema>>) => Reply;
}): Operation {
  return async (ring, raw) => {
    const input = parseInput(options.input, raw);
    const key = options.find(ring, input);
    assertStateAllows(options.name, key);
    if (options.usage !== undefined) assertUsage(key, options.usage);
    return options.act({ ring, key, input });
  };
}

/** An operation that names no existing key. */
export function withoutKey<Schema extends z.ZodType>(
  schema: Schema,
  act: (ring: KeyRing, input: z.output<Schema>) => Reply,
): Operation {
  return async (ring, raw) => act(ring, parseInput(schema, raw));
}

export function assertUsage(key: KeyRecord, usage: KeyUsage): void {
  if (keySpecs[key.spec].usage === usage) return;
  throw new KmsError(
    'InvalidKeyUsageException',
    `${key.arn} key usage is ${keySpecs[key.spec].usage} which is not valid for this operation.`,
  );
}

export const keyReference = z.string().min(1).max(2048);
export const encryptionContext = z.record(z.string().min(1), z.string()).default({});

/** Bytes in base 64, between `min` and `max` bytes long. */
export const blob = (min: number, max: number) =>
  z
    .base64()
    .transform((text) => Buffer.from(text, 'base64'))
    .refine((bytes) => bytes.length >= min && bytes.length <= max, {
      message: `must have length between ${min} and ${max}`,
    });

/** Finds by id or ARN only: operations that manage a key refuse its aliases. */
export function findByIdOnly(ring: KeyRing, { KeyId }: { KeyId: string }): KeyRecord {
  if (KeyId.includes('alias/')) throw new KmsError('NotFoundException', `Invalid keyId ${KeyId}`);
  return ring.find(KeyId);
}

export const findByReference = (ring: KeyRing, { KeyId }: { KeyId: string }): KeyRecord =>
  ring.find(KeyId);

/** Names the fields in error, never their values: an input may hold plaintext. */
function parseInput<Schema extends z.ZodType>(schema: Schema, raw: unknown): z.output<Schema> {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    (issue) => `Value at '${issue.path.join('.')}' failed to satisfy constraint: ${issue.message}`,
  );
  throw new KmsError('ValidationException', problems.join('; '));
}
