export { CatalogLoader } from '../adapters/catalog-loader.ts';
export { testCategories, testProduct } from './product-draft.builder.ts';
