import { DomainError } from '@entrepot/kernel';
import { defaultFieldResolver, isIntrospectionType, isObjectType } from 'graphql';
import type { GraphQLSchema } from 'graphql';

/**
 * Counts every field as it is resolved and stops an answer that grows beyond the limit: the size of
 * lists is not in the query's text, so no check before execution can bound it.
 */
export function countResolvedFields(
  schema: GraphQLSchema,
  resolvedFieldsMax: number,
): GraphQLSchema {
  const counts = new WeakMap<object, number>();
  const count = (context: object): void => {
    const resolved = (counts.get(context) ?? 0) + 1;
    counts.set(context, resolved);
    if (resolved <= resolvedFieldsMax) return;
    throw new DomainError('VALIDATION_FAILED', 'the answer has too many fields', {
      fieldProblems: [
        {
          path: 'query',
          code: 'ANSWER_TOO_LARGE',
          message: `The answer would have more than ${resolvedFieldsMax} fields; ask for a smaller page`,
        },
      ],
    });
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const resolve = field.resolve ?? defaultFieldResolver;
      field.resolve = (source: unknown, values: Record<string, unknown>, context: object, info) => {
        count(context);
        return resolve(source, values, context, info);
      };
    }
  }
  return schema;
}
