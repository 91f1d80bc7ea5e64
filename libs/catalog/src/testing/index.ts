export { CatalogLoader } from '../adapters/catalog-loader.ts';
export { contextOf, openCatalogCell, openShopWindow, startCatalogCell } from './catalog-cell.ts';
export type { CatalogCell } from './catalog-cell.ts';
export { testCategories, testProduct } from './product-draft.builder.ts';
