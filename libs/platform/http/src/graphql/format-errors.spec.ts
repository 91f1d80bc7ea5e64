import { describe, expect, it } from '@jest/globals';
import { Log } from '@entrepot/platform-telemetry';
import { buildSchema, parse, validate } from 'graphql';
import type { GraphQLError } from 'graphql';
import type { MercuriusContext } from 'mercurius';
import { errorFormatterFor } from './format-errors.ts';

const schema = buildSchema(
  'enum Locale { en de } type Query { product(locale: Locale, limit: Int): Int }',
);
const format = errorFormatterFor(new Log({ level: 'error', bound: {} }));
const context = { reply: { request: { id: 'trace-1' } } } as unknown as MercuriusContext;

function errorsOf(query: string): readonly GraphQLError[] {
  try {
    return validate(schema, parse(query));
  } catch (error) {
    return [error as GraphQLError];
  }
}

describe('An error of GraphQL', () => {
  it.each([
    ['a value that is none of an enum', '{ product(locale: "Asha@example.in") }'],
    ['a word that is none of an enum', '{ product(locale: Asha) }'],
    ['a value of another type', '{ product(limit: "Asha") }'],
    ['a text where none may stand', '{ "Asha" }'],
  ])('is told without %s', (_name, query) => {
    const errors = errorsOf(query);
    expect(errors.map(({ message }) => message).join()).toContain('Asha');
    const answer = format({ errors }, context);
    expect(answer.statusCode).toBe(400);
    expect(JSON.stringify(answer.response)).not.toContain('Asha');
  });
});
