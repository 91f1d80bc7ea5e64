import type { DynamicModule } from '@nestjs/common';
import type { ErasureOptions } from '@entrepot/flow-erasure';
import type { RightsOptions } from '@entrepot/flow-rights';
import { InventoryModule } from '@entrepot/inventory';
import type { ErasureConfig, KmsConfig, SubjectKeysConfig } from '@entrepot/platform-config';
import type { PrivacyOptions } from '@entrepot/privacy';
import type { ProcessContext } from './process-context.ts';

export const inventoryOf = ({ cell, directory }: ProcessContext): DynamicModule =>
  InventoryModule.forCell({ cell: cell.id, directory });

export const privacyOptionsOf = (
  { cell, region }: ProcessContext,
  { kms, subjectKeys }: { readonly kms: KmsConfig; readonly subjectKeys: SubjectKeysConfig },
): PrivacyOptions => ({
  cell: cell.id,
  region: region.region,
  kms: { ...kms, awsRegion: region.awsRegion },
  subjectKeys,
});

export const erasureOptionsOf = (
  { cell, region }: ProcessContext,
  { coolingOffHours }: ErasureConfig,
): ErasureOptions => ({
  cell: cell.id,
  countries: cell.countries,
  timeZone: region.timeZone,
  law: region.retentionLaw,
  coolingOffHours,
});

export const rightsOptionsOf = ({ cell, region }: ProcessContext): RightsOptions => ({
  cell: cell.id,
  countries: cell.countries,
  timeZone: region.timeZone,
  law: region.retentionLaw,
  recipients: region.recipients,
  consentTexts: region.consentTexts,
});
