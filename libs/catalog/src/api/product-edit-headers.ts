import { randomUUID } from 'node:crypto';

import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { DomainError, isIdOf } from '@entrepot/kernel';
import type { ProductId } from '@entrepot/kernel';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';

import type { ProductEdit } from '../application/catalog-writer.ts';

const uuid = z.uuid();

/** Documents the header that `changeIdOf` reads. */
export const TakesChangeId = (): MethodDecorator =>
  ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'A UUID made by the client; sent again with every retry of the same edit',
    schema: { type: 'string', format: 'uuid' },
  });

/** Documents the headers that `productEditOf` reads. */
export const TakesProductEdit = (): MethodDecorator =>
  applyDecorators(
    TakesChangeId(),
    ApiHeader({
      name: 'If-Match',
      required: false,
      description: 'The version that the edit is meant for, in quotes',
      schema: { type: 'string', pattern: '^(\\*|"[0-9]{1,15}")$' },
    }),
  );

/** The change id of an edit: `Idempotency-Key` where the client made one (a UUID), else a new one. */
export function changeIdOf(request: FastifyRequest): string {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return randomUUID();
  const parsed = uuid.safeParse(key);
  if (parsed.success) return parsed.data;
  throw new DomainError('IDEMPOTENCY_KEY_REQUIRED', 'the key of a catalog edit is a UUID');
}

/** `If-Match: "17"` lets the edit pass only if the product still has that version. */
export function productEditOf(productId: string, request: FastifyRequest): ProductEdit {
  if (!isIdOf('product', productId)) throw new DomainError('NOT_FOUND', 'no such product');
  return {
    productId: productId satisfies ProductId,
    changeId: changeIdOf(request),
    expectedVersion: versionIn(request.headers['if-match']),
  };
}

function versionIn(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch === '*') return undefined;
  const version = /^"(\d{1,15})"$/.exec(ifMatch)?.[1];
  if (version !== undefined) return Number(version);
  const problem = { path: 'If-Match', code: 'MALFORMED', message: 'must be a version in quotes' };
  throw new DomainError('VALIDATION_FAILED', problem.message, { fieldProblems: [problem] });
}
