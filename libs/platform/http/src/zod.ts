// The one module that knows nestjs-zod, so that it can be replaced in one place.
import { DomainError } from '@entrepot/kernel';
import type { FieldProblem } from '@entrepot/kernel';
import type { ArgumentMetadata } from '@nestjs/common';
import { createZodDto as createDto, createZodValidationPipe, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { unstorableTextIn } from './storable-text.ts';

export { ZodResponse };
export { cleanupOpenApiDoc, ZodSerializerInterceptor } from 'nestjs-zod';

/** What nestjs-zod tells @nestjs/swagger of one property: JSON Schema and some marks of its own. */
type PropertyMetadata = Readonly<Record<string, unknown>>;

interface DescribedDto {
  readonly Output: DescribedDto;
  readonly _OPENAPI_METADATA_FACTORY: () => unknown;
}

/** A class that Nest validates and documents by a zod schema. */
export const createZodDto: typeof createDto = (schema, options) => {
  const dto = createDto(schema, options);
  describeNullables(dto);
  return dto;
};

/**
 * zod says `type: ["string", "null"]` for a nullable field, which @nestjs/swagger takes for "an array
 * of string". The same as `anyOf` passes through it unharmed. `Output` makes a new class at every
 * access, named after the subclass that was asked.
 */
function describeNullables(dto: DescribedDto): void {
  const output = Object.getOwnPropertyDescriptor(dto, 'Output');
  const describe = dto._OPENAPI_METADATA_FACTORY.bind(dto);
  Object.defineProperties(dto, {
    _OPENAPI_METADATA_FACTORY: {
      value: () => {
        const properties = describe() as Record<string, PropertyMetadata>;
        return Object.fromEntries(
          Object.entries(properties).map(([name, property]) => [name, withoutTypeList(property)]),
        );
      },
    },
    ...(output?.get !== undefined && {
      Output: {
        get(this: DescribedDto) {
          const made = output.get?.call(this) as DescribedDto;
          describeNullables(made);
          return made;
        },
      },
    }),
  });
}

function withoutTypeList(property: PropertyMetadata): PropertyMetadata {
  const { type: types, ...rest } = property;
  if (!Array.isArray(types)) return property;
  return { ...rest, type: '', anyOf: types.map((type: unknown) => ({ type })) };
}

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
