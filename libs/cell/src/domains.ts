import type { DynamicModule } from '@nestjs/common';
import { CatalogModule } from '@entrepot/catalog';
import type { KmsConfig } from '@entrepot/platform-config';
import { PrivacyModule } from '@entrepot/privacy';
import type { PrivacyOptions } from '@entrepot/privacy';
import { catalogContextOf } from './catalog-context.ts';
import type { ProcessContext } from './process-context.ts';

/** What an API process serves. */
export const apiDomains = (context: ProcessContext, kms: KmsConfig): DynamicModule[] => [
  PrivacyModule.forCell(privacyOptionsOf(context, kms), { upkeep: false }),
  CatalogModule.forApi(catalogContextOf(context)),
];

/** What a worker process keeps going. */
export const workerDomains = (context: ProcessContext, kms: KmsConfig): DynamicModule[] => [
  PrivacyModule.forCell(privacyOptionsOf(context, kms), { upkeep: true }),
  CatalogModule.forWorker(catalogContextOf(context)),
];

const privacyOptionsOf = ({ cell, region }: ProcessContext, kms: KmsConfig): PrivacyOptions => ({
  cell: cell.id,
  region: region.region,
  kms: { ...kms, awsRegion: region.awsRegion },
});
