import {
  Args,
  ArgsType,
  Context,
  Field,
  InputType,
  Int,
  Parent,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import { articleQuestion, articleQuestions } from '@entrepot/contracts/api/inventory';
import { Access, validationFailed } from '@entrepot/platform-http';
import type { GraphqlContext } from '@entrepot/platform-http';
import { z } from 'zod';

import type { StockQuestion } from '../application/stock-window.ts';
import { VariantObject } from './catalog.graphql.ts';
import { StockLoader } from './stock-loader.ts';
import { AvailabilityObject, availabilityObjectOf } from './stock.graphql.ts';

@ArgsType()
class QuantityArguments {
  @Field(() => Int, { defaultValue: 1 })
  quantity!: number;
}

@InputType('ArticleQuestion')
class ArticleQuestionInput {
  @Field(() => String)
  sku!: string;

  @Field(() => Int, { defaultValue: 1 })
  quantity!: number;
}

@ArgsType()
class AvailabilityArguments {
  @Field(() => [ArticleQuestionInput])
  articles!: ArticleQuestionInput[];
}

const cartQuestion = z.strictObject({ articles: articleQuestions });

/** Whether variants can be had: one by one on a product page, or the articles of a cart. */
@Resolver(() => VariantObject)
export class StockResolver {
  constructor(private readonly stock: StockLoader) {}

  @Query(() => [AvailabilityObject])
  @Access('public')
  async availability(
    @Args() { articles }: AvailabilityArguments,
    @Context() context: GraphqlContext,
  ): Promise<AvailabilityObject[]> {
    const asked = checked(cartQuestion, { articles });
    const items = asked.articles.map((question) =>
      this.stock.load(context, question as StockQuestion),
    );
    return (await Promise.all(items)).map(availabilityObjectOf);
  }

  @ResolveField('availability', () => AvailabilityObject)
  @Access('public')
  async availabilityOfVariant(
    @Parent() variant: VariantObject,
    @Args() { quantity }: QuantityArguments,
    @Context() context: GraphqlContext,
  ): Promise<AvailabilityObject> {
    const question = checked(articleQuestion, { sku: variant.sku, quantity });
    return availabilityObjectOf(await this.stock.load(context, question as StockQuestion));
  }
}

/** By the same contract as REST. */
function checked<Of>(contract: z.ZodType<Of>, value: unknown): Of {
  const asked = contract.safeParse(value);
  if (!asked.success) throw validationFailed(asked.error);
  return asked.data;
}
