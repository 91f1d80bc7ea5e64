import { Args, Context, Query, Resolver } from '@nestjs/graphql';
import type { CatalogLocale, CategoryListView } from '@entrepot/contracts/api/catalog';
import { Access } from '@entrepot/platform-http';
import type { GraphqlContext } from '@entrepot/platform-http';

import { ListCategories } from '../application/list-categories.ts';
import { CatalogLocaleEnum, CategoryObject } from './catalog.graphql.ts';
import { RequestedLocale } from './requested-locale.ts';

@Resolver(() => CategoryObject)
export class CategoriesResolver {
  constructor(
    private readonly listCategories: ListCategories,
    private readonly locales: RequestedLocale,
  ) {}

  @Query(() => [CategoryObject])
  @Access('public')
  async categories(
    @Args('locale', { type: () => CatalogLocaleEnum, nullable: true })
    inQuery: CatalogLocale | undefined,
    @Context() context: GraphqlContext,
  ): Promise<readonly CategoryObject[]> {
    const locale = this.locales.of(inQuery ?? undefined, context.req.headers['accept-language']);
    const { body } = await this.listCategories.execute(locale);
    return (JSON.parse(body ?? '{"items":[]}') as CategoryListView).items as CategoryObject[];
  }
}
