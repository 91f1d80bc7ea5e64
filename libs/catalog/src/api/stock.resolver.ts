import {
  Args,
  ArgsType,
  Context,
  Field,
  Int,
  Parent,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import { availabilityQuery } from '@entrepot/contracts/api/inventory';
import type { Sku } from '@entrepot/kernel';
import { Access, validationFailed } from '@entrepot/platform-http';
import type { GraphqlContext } from '@entrepot/platform-http';

import { VariantObject } from './catalog.graphql.ts';
import { StockLoader } from './stock-loader.ts';
import { AvailabilityObject, availabilityObjectOf } from './stock.graphql.ts';

@ArgsType()
class QuantityArguments {
  @Field(() => Int, { defaultValue: 1 })
  quantity!: number;
}

@ArgsType()
class AvailabilityArguments extends QuantityArguments {
  @Field(() => [String])
  skus!: string[];
}

/** Whether variants can be had: one by one on a product page, or the articles of a cart. */
@Resolver(() => VariantObject)
export class StockResolver {
  constructor(private readonly stock: StockLoader) {}

  @Query(() => [AvailabilityObject])
  @Access('public')
  async availability(
    @Args() { skus, quantity: ofEach }: AvailabilityArguments,
    @Context() context: GraphqlContext,
  ): Promise<AvailabilityObject[]> {
    const { sku, quantity } = checked(skus, ofEach);
    const items = sku.map((one) => this.stock.load(context, { sku: one, quantity }));
    return (await Promise.all(items)).map(availabilityObjectOf);
  }

  @ResolveField('availability', () => AvailabilityObject)
  @Access('public')
  async availabilityOfVariant(
    @Parent() variant: VariantObject,
    @Args() { quantity: asked }: QuantityArguments,
    @Context() context: GraphqlContext,
  ): Promise<AvailabilityObject> {
    const { quantity } = checked([variant.sku], asked);
    const sku = variant.sku as Sku;
    return availabilityObjectOf(await this.stock.load(context, { sku, quantity }));
  }
}

/** By the same contract as REST. */
function checked(skus: readonly string[], ofEach: number) {
  const asked = availabilityQuery.safeParse({ sku: skus, quantity: ofEach });
  if (!asked.success) throw validationFailed(asked.error);
  const { sku, quantity } = asked.data;
  return { sku: [...new Set(sku)] as Sku[], quantity };
}
