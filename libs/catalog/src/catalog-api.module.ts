import { Module } from '@nestjs/common';
import type { DynamicModule, Provider } from '@nestjs/common';
import { SharedCache, VersionedCache } from '@entrepot/platform-cache';
import { ProductPartLoaders } from './adapters/product-part-loaders.ts';
import { SqlCatalogWriter } from './adapters/sql-catalog-writer.ts';
import { SqlCategoryReader } from './adapters/sql-category-reader.ts';
import { SqlListingReader } from './adapters/sql-listing-reader.ts';
import { SqlMediaReader } from './adapters/sql-media-reader.ts';
import { SqlProductReader } from './adapters/sql-product-reader.ts';
import { CategoriesController } from './api/categories.controller.ts';
import { CategoriesResolver } from './api/categories.resolver.ts';
import { CategoryEditsController } from './api/category-edits.controller.ts';
import { JsonProductViews } from './api/json-product-views.ts';
import { MediaController } from './api/media.controller.ts';
import { ProductDetailsLoader } from './api/product-details-loader.ts';
import { ProductEditsController } from './api/product-edits.controller.ts';
import { ProductsController } from './api/products.controller.ts';
import { ProductsResolver } from './api/products.resolver.ts';
import { RequestedLocale } from './api/requested-locale.ts';
import { StockLoader } from './api/stock-loader.ts';
import { StockResolver } from './api/stock.resolver.ts';
import { VariantEditsController } from './api/variant-edits.controller.ts';
import { AddVariant } from './application/add-variant.ts';
import { CatalogContext } from './application/catalog-context.ts';
import { CatalogWriter } from './application/catalog-writer.ts';
import { CategoryReader } from './application/category-reader.ts';
import { CreateCategory } from './application/create-category.ts';
import { CreateProduct } from './application/create-product.ts';
import { FindCategory } from './application/find-category.ts';
import { Leadership } from './application/leadership.ts';
import { ListCategories } from './application/list-categories.ts';
import { ListProducts } from './application/list-products.ts';
import { ListingReader } from './application/listing-reader.ts';
import { MeasureCatalogAge } from './application/measure-catalog-age.ts';
import { MediaReader } from './application/media-reader.ts';
import { ProductReader } from './application/product-reader.ts';
import { ProductShelf } from './application/product-shelf.ts';
import { ProductViews } from './application/product-views.ts';
import { QuoteSkus } from './application/quote-skus.ts';
import { SetPrice } from './application/set-price.ts';
import { ShowMedia } from './application/show-media.ts';
import { ShowProduct } from './application/show-product.ts';
import { TranslateCategory } from './application/translate-category.ts';
import { TranslateProduct } from './application/translate-product.ts';
import { UpdateProduct } from './application/update-product.ts';
import { UpdateVariant } from './application/update-variant.ts';
import { contextProvider, pulse } from './catalog-providers.ts';

const localCacheBytesMax = 96 * 1024 * 1024;

const reading: readonly Provider[] = [
  ProductPartLoaders,
  { provide: ProductReader, useClass: SqlProductReader },
  { provide: ListingReader, useClass: SqlListingReader },
  { provide: CategoryReader, useClass: SqlCategoryReader },
  { provide: MediaReader, useClass: SqlMediaReader },
  { provide: ProductViews, useClass: JsonProductViews },
  {
    provide: VersionedCache,
    inject: [SharedCache],
    useFactory: (shared: SharedCache) =>
      new VersionedCache({
        shared,
        localBytesMax: localCacheBytesMax,
        random: Math.random,
        now: Date.now,
      }),
  },
  ProductShelf,
  FindCategory,
  ListProducts,
  ListCategories,
  ShowProduct,
  ShowMedia,
  QuoteSkus,
  RequestedLocale,
  ProductDetailsLoader,
  ProductsResolver,
  CategoriesResolver,
  StockLoader,
  StockResolver,
];

const editing: readonly Provider[] = [
  { provide: CatalogWriter, useClass: SqlCatalogWriter },
  Leadership,
  CreateProduct,
  UpdateProduct,
  TranslateProduct,
  AddVariant,
  UpdateVariant,
  SetPrice,
  CreateCategory,
  TranslateCategory,
];

/** The shop window and the edits. Needs `CatalogDatabase`, `SharedCache` and `StockWindow` from a global module. */
@Module({})
export class CatalogApiModule {
  static over(context: CatalogContext): DynamicModule {
    return {
      module: CatalogApiModule,
      controllers: [
        ProductsController,
        CategoriesController,
        MediaController,
        ProductEditsController,
        VariantEditsController,
        CategoryEditsController,
      ],
      providers: [contextProvider(context), ...reading, ...editing, ...pulse],
      exports: [QuoteSkus, MeasureCatalogAge],
    };
  }
}
