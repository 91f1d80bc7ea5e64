import { createParamDecorator } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { DomainError } from '@entrepot/kernel';
import type { Branded } from '@entrepot/kernel';
import { requestOf } from '@entrepot/platform-http';

/** What a client calls one request of its own, however often it sends it. */
export type IdempotencyKey = Branded<'IdempotencyKey'>;

const keyPattern = /^[\x21\x23-\x7e]{8,128}$/;

/** Set on an answer that was given before. */
export const replayedHeader = 'Idempotent-Replayed';

/**
 * Reads the header Idempotency-Key: 8 to 128 visible ASCII characters, bare or as a quoted string as
 * the IETF draft has it. Throws IDEMPOTENCY_KEY_REQUIRED.
 */
export function parseIdempotencyKey(
  header: string | readonly string[] | undefined,
): IdempotencyKey {
  const text = typeof header === 'string' ? header.trim().replace(/^"(.*)"$/, '$1') : '';
  if (keyPattern.test(text)) return text as IdempotencyKey;
  throw new DomainError('IDEMPOTENCY_KEY_REQUIRED', 'the key is missing or malformed');
}

/** Passes the request's key to a handler; refuses the request without one. */
export const IdempotencyKeyHeader = createParamDecorator(
  (_data: unknown, context): IdempotencyKey =>
    parseIdempotencyKey(requestOf(context).headers['idempotency-key']),
);

/** Documents the header on a handler. */
export const NeedsIdempotencyKey = (): MethodDecorator =>
  ApiHeader({
    name: 'Idempotency-Key',
    required: true,
    description: 'Made by the client; sent again with every retry of the same request',
    schema: { type: 'string', minLength: 8, maxLength: 128 },
  });
