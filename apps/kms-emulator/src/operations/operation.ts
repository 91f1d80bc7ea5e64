import { z } from 'zod';
import { accessDenied, hasGrant } from '../authorization.ts';
import type { EncryptionContext } from '../encryption-context.ts';
import { KmsError } from '../errors.ts';
import type { GrantOperation } from '../grants/grant-record.ts';
import type { WrappingKeys } from '../import/wrapping-keys.ts';
import type { KeyOrigin, KeyRecord } from '../keys/key-record.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { keySpecs } from '../keys/key-spec.ts';
import type { KeyUsage } from '../keys/key-spec.ts';
import { assertStateAllows } from '../keys/key-states.ts';
import type { KeylessOperation, KeyOperation } from '../keys/key-states.ts';
import { isAllowed } from '../principals.ts';
import type { Principal } from '../principals.ts';

/** The members of an answer, as they go on the wire. */
export type Answer = Record<string, unknown>;

/** Who asks, and of what. */
export interface Call {
  readonly ring: KeyRing;
  readonly wrappingKeys: WrappingKeys;
  readonly principal: Principal;
  /** ARNs of the keys that the operation was allowed to reach; the audit names them. */
  readonly resources: Set<string>;
}

/** Answers one operation: parses its input, finds the key, checks caller and key, acts. */
export type Operation = (call: Call, input: unknown) => Promise<Answer>;

interface KeylessCall<Input> extends Call {
  readonly input: Input;
}
export interface KeyCall<Input> extends KeylessCall<Input> {
  readonly key: KeyRecord;
}
type Reply = Answer | Promise<Answer>;

interface OnKeyOptions<Schema extends z.ZodType> {
  readonly name: KeyOperation;
  readonly input: Schema;
  readonly usage?: KeyUsage;
  readonly origin?: KeyOrigin;
  readonly find: (ring: KeyRing, input: z.output<Schema>) => KeyRecord;
  /** Whether a grant allows it to a principal whose policy does not; without this none can. */
  readonly byGrant?: (call: KeyCall<z.output<Schema>>) => boolean;
  readonly act: (call: KeyCall<z.output<Schema>>) => Reply;
}

/** Operations that change a key know its true state; the others may see an old one for a while. */
const changesOfKeys: ReadonlySet<KeyOperation> = new Set([
  'CancelKeyDeletion',
  'DeleteImportedKeyMaterial',
  'DisableKey',
  'EnableKey',
  'ImportKeyMaterial',
  'ScheduleKeyDeletion',
]);

/** An operation on an existing key; the state table decides before `act` is asked. */
export function onKey<Schema extends z.ZodType>(options: OnKeyOptions<Schema>): Operation {
  return async (call, raw) => {
    const input = parseInput(options.input, raw);
    const found = findPermitted(options, call, input);
    call.resources.add(found.arn);
    const key = changesOfKeys.has(options.name) ? found : call.ring.seen(found);
    if (options.origin !== undefined) assertOrigin(key, options.origin);
    assertStateAllows(options.name, key);
    if (options.usage !== undefined) assertUsage(key, options.usage);
    return options.act({ ...call, key, input });
  };
}

/** An operation that names no existing key. */
export function withoutKey<Schema extends z.ZodType>(options: {
  readonly name: KeylessOperation;
  readonly input: Schema;
  readonly act: (call: KeylessCall<z.output<Schema>>) => Reply;
}): Operation {
  return async (call, raw) => {
    if (!isAllowed(call.principal, options.name)) throw accessDenied(call.principal, options.name);
    return options.act({ ...call, input: parseInput(options.input, raw) });
  };
}

/** The key, if policy or a grant lets the caller at it. */
function findPermitted<Schema extends z.ZodType>(
  options: OnKeyOptions<Schema>,
  call: Call,
  input: z.output<Schema>,
): KeyRecord {
  if (isAllowed(call.principal, options.name)) return options.find(call.ring, input);
  try {
    const key = options.find(call.ring, input);
    if (options.byGrant?.({ ...call, key, input }) === true) return key;
  } catch (error) {
    // Whoever may not use a key is not told either whether there is one.
    if (!(error instanceof KmsError)) throw error;
  }
  throw accessDenied(call.principal, options.name);
}

/** Allowed by any grant of the key that names the operation: it has no encryption context. */
export const byGrantOf =
  (operation: GrantOperation) =>
  (call: KeyCall<unknown>): boolean =>
    hasGrant(call, operation);

/** Allowed by a grant of the key whose constraints the call's encryption context meets. */
export const byGrantUnderContext =
  (operation: GrantOperation) =>
  (call: KeyCall<{ readonly EncryptionContext: EncryptionContext }>): boolean =>
    hasGrant(call, operation, call.input.EncryptionContext);

export function assertUsage(key: KeyRecord, usage: KeyUsage): void {
  if (keySpecs[key.spec].usage === usage) return;
  throw new KmsError(
    'InvalidKeyUsageException',
    `${key.arn} key usage is ${keySpecs[key.spec].usage} which is not valid for this operation.`,
  );
}

function assertOrigin(key: KeyRecord, origin: KeyOrigin): void {
  if (key.origin === origin) return;
  throw new KmsError(
    'UnsupportedOperationException',
    `${key.arn} origin is ${key.origin} which is not valid for this operation.`,
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

/** Members by which AWS would do something else than is done here without them. */
const unknownHere = [
  'CustomKeyStoreId',
  'DryRun',
  'GranteeServicePrincipal',
  'Policy',
  'Recipient',
  'RetiringServicePrincipal',
  'XksKeyId',
] as const;

function refuseUnknown(raw: unknown): void {
  const asked = z.record(z.string(), z.unknown()).catch({}).parse(raw);
  const names = unknownHere.filter((name) => asked[name] !== undefined && asked[name] !== false);
  if (names.length === 0) return;
  throw new KmsError('UnsupportedOperationException', `${names.join(', ')} is not emulated`);
}

/** Names the fields in error, never their values: an input may hold plaintext. */
function parseInput<Schema extends z.ZodType>(schema: Schema, raw: unknown): z.output<Schema> {
  refuseUnknown(raw);
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    (issue) => `Value at '${issue.path.join('.')}' failed to satisfy constraint: ${issue.message}`,
  );
  throw new KmsError('ValidationException', problems.join('; '));
}
