export { CatalogContext } from './application/catalog-context.ts';
export { CatalogWorkerModule } from './catalog-worker.module.ts';
export { CatalogPulse } from './application/catalog-pulse.ts';
export { DrainCatalogChanges } from './application/drain-catalog-changes.ts';
export { isLocale, locales, negotiateLocale } from './domain/locale.ts';
export type { ByLocale, Locale } from './domain/locale.ts';
export { MeasureCatalogAge } from './application/measure-catalog-age.ts';
export { QuoteSkus } from './application/quote-skus.ts';
export type { SkuQuote } from './application/product-reader.ts';
