import { Field, ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { catalogLocales, productSorts } from '@entrepot/contracts/api/catalog';
import type {
  CatalogLocale,
  CategoryView,
  ProductCardView,
  ProductDetailView,
  ProductSort,
} from '@entrepot/contracts/api/catalog';

const enumOf = <Value extends string>(values: readonly Value[]) =>
  Object.fromEntries(values.map((value) => [value, value])) as { readonly [V in Value]: V };

export const CatalogLocaleEnum = enumOf<CatalogLocale>(catalogLocales);
export const ProductSortEnum = enumOf<ProductSort>(productSorts);
registerEnumType(CatalogLocaleEnum, { name: 'CatalogLocale' });
registerEnumType(ProductSortEnum, { name: 'ProductSort' });

/** Minor units with the tax of the market included. GraphQL's Int ends at 2³¹−1, so a float carries it. */
@ObjectType('Money')
export class MoneyObject {
  @Field(() => Number) amountMinor!: number;
  @Field(() => String) currency!: string;
}

@ObjectType('Image')
export class ImageObject {
  @Field(() => String) url!: string;
  @Field(() => String) alt!: string;
  @Field(() => Int) width!: number;
  @Field(() => Int) height!: number;
}

@ObjectType('OptionValue')
export class OptionValueObject {
  @Field(() => String) code!: string;
  @Field(() => String) label!: string;
}

@ObjectType('ProductOption')
export class ProductOptionObject {
  @Field(() => String) code!: string;
  @Field(() => String) label!: string;
  @Field(() => [OptionValueObject]) values!: OptionValueObject[];
}

@ObjectType('VariantChoice')
export class VariantChoiceObject {
  @Field(() => String) option!: string;
  @Field(() => String) value!: string;
}

@ObjectType('Variant')
export class VariantObject {
  @Field(() => ID) id!: string;
  @Field(() => String) sku!: string;
  @Field(() => [VariantChoiceObject]) choices!: VariantChoiceObject[];
  @Field(() => MoneyObject) price!: MoneyObject;
  @Field(() => Int) priceVersion!: number;
}

/** Same view as in REST; the fields below `version` are read, in one batch, only where asked for. */
@ObjectType('Product')
export class ProductObject implements Omit<ProductCardView, 'image'> {
  @Field(() => ID) id!: string;
  @Field(() => String) slug!: string;
  @Field(() => String) name!: string;
  @Field(() => String) summary!: string;
  @Field(() => CatalogLocaleEnum) locale!: CatalogLocale;
  @Field(() => ID) categoryId!: string;
  @Field(() => ImageObject, { nullable: true }) image!: ImageObject | null;
  @Field(() => MoneyObject) priceFrom!: MoneyObject;
  @Field(() => MoneyObject) priceTo!: MoneyObject;
  @Field(() => Int) variantCount!: number;
  @Field(() => Int) version!: number;
  /** The language the products were asked for in, for the fields that are read later. */
  asked!: CatalogLocale;
}

@ObjectType('ProductPage')
export class ProductPageObject {
  @Field(() => [ProductObject]) items!: ProductObject[];
  @Field(() => String, { nullable: true }) nextCursor!: string | null;
}

@ObjectType('Category')
export class CategoryObject implements CategoryView {
  @Field(() => ID) id!: string;
  @Field(() => String) slug!: string;
  @Field(() => String) name!: string;
  @Field(() => String) description!: string;
  @Field(() => CatalogLocaleEnum) locale!: CatalogLocale;
  @Field(() => [CategoryObject]) children!: CategoryObject[];
}

export const variantObjectOf = (view: ProductDetailView['variants'][number]): VariantObject => ({
  ...view,
  choices: Object.entries(view.choices).map(([option, value]) => ({ option, value })),
});
