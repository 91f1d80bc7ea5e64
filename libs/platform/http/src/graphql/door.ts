export { graphqlModule } from './graphql-module.ts';
export type { GraphqlModuleOptions } from './graphql-module.ts';
export { graphqlLimits } from './query-limits.ts';
export type { GraphqlLimits } from './query-limits.ts';
