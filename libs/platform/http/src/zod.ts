// The one module that knows nestjs-zod, so that it can be replaced in one place.
import { DomainError } from '@entrepot/kernel';
import type { FieldProblem } from '@entrepot/kernel';
import type { ArgumentMetadata } from '@nestjs/common';
import { createZodDto, createZodValidationPipe, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { unstorableTextIn } from './storable-text.ts';

export { createZodDto, ZodResponse };
export { cleanupOpenApiDoc, ZodSerializerInterceptor } from 'nestjs-zod';

const ZodPipe = createZodValidationPipe({
  createValidationException: (error) =>
    error instanceof z.ZodError
      ? validationFailed(error)
      : new TypeError('a DTO was checked by something else than zod'),
});

/** Parses bodies, queries and parameters that are typed with a zod DTO. */
export class ContractPipe extends ZodPipe {
  override transform(value: unknown, metadata: ArgumentMetadata): unknown {
    if (metadata.type !== 'custom') refuseUnstorableText(value);
    return super.transform(value, metadata);
  }
}

function refuseUnstorableText(value: unknown): void {
  const path = unstorableTextIn(value);
  if (path === undefined) return;
  throw new DomainError('VALIDATION_FAILED', 'a text cannot be stored as it is', {
    fieldProblems: [
      { path, code: 'INVALID_TEXT', message: 'Not valid Unicode text, or has a NUL' },
    ],
  });
}

/** VALIDATION_FAILED with one entry per problem of a zod error. */
export function validationFailed(error: z.core.$ZodError): DomainError {
  return new DomainError('VALIDATION_FAILED', 'the request has invalid fields', {
    fieldProblems: error.issues.flatMap(fieldProblemsOf),
  });
}

const fieldProblemsMax = 50;

function fieldProblemsOf(issue: z.core.$ZodIssue): FieldProblem[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, fieldProblemsMax).map((key) => ({
      path: [...path, key].join('/'),
      code: 'UNKNOWN_FIELD',
      message: 'This field is not part of the request',
    }));
  }
  return [{ path: path.join('/'), code: codeOf(issue), message: issue.message }];
}

/** zod's own code in our spelling; a refinement may name a code of its own in `params.code`. */
function codeOf(issue: z.core.$ZodIssue): string {
  const own: unknown = issue.code === 'custom' ? issue.params?.['code'] : undefined;
  return (typeof own === 'string' ? own : issue.code).toUpperCase();
}
