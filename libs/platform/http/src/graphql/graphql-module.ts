import type { DynamicModule } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { MercuriusDriver } from '@nestjs/mercurius';
import type { MercuriusDriverConfig } from '@nestjs/mercurius';
import type { Log } from '@entrepot/platform-telemetry';
import { GraphQLError, Location, NoSchemaIntrospectionCustomRule } from 'graphql';
import type { DocumentNode } from 'graphql';
import { graphqlPath } from '../request-hooks.ts';
import { countResolvedFields } from './count-resolved-fields.ts';
import { errorFormatterFor } from './format-errors.ts';
import { graphqlLimits, limitRule } from './query-limits.ts';
import type { GraphqlLimits } from './query-limits.ts';

export interface GraphqlModuleOptions {
  /** Answer introspection. */
  readonly explorers: boolean;
  readonly log: Log;
  readonly limits?: GraphqlLimits;
}

/** GraphQL at /graphql on Mercurius, code first: the schema is what the resolvers declare. */
export function graphqlModule(options: GraphqlModuleOptions): DynamicModule {
  const limits = options.limits ?? graphqlLimits;
  return GraphQLModule.forRoot<MercuriusDriverConfig>({
    driver: MercuriusDriver,
    path: graphqlPath,
    autoSchemaFile: true,
    sortSchema: true,
    graphiql: false,
    subscription: false,
    allowBatchedQueries: false,
    graphql: { parseOptions: { maxLexicalTokens: limits.tokensMax } },
    validationRules: [
      limitRule(limits),
      ...(options.explorers ? [] : [NoSchemaIntrospectionCustomRule]),
    ],
    transformSchema: (schema) => countResolvedFields(schema, limits.resolvedFieldsMax),
    hooks: { preValidation: (_schema, document) => refuseReadyMadeDocument(document) },
    errorFormatter: errorFormatterFor(options.log) as NonNullable<
      MercuriusDriverConfig['errorFormatter']
    >,
  });
}

/**
 * Mercurius takes a syntax tree in JSON where the text does not parse. Such a tree has passed no
 * lexer and no token limit, so it is refused; only a parsed document carries its location.
 */
function refuseReadyMadeDocument(document: DocumentNode | null): void {
  if (document?.loc instanceof Location) return;
  throw new GraphQLError('The query is not a GraphQL document.');
}
