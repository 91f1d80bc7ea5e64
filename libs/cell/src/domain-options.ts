import type { DynamicModule } from '@nestjs/common';
import type { ErasureOptions } from '@entrepot/flow-erasure';
import { InventoryModule } from '@entrepot/inventory';
import type { KmsConfig } from '@entrepot/platform-config';
import type { PrivacyOptions } from '@entrepot/privacy';
import type { ProcessContext } from './process-context.ts';

export const inventoryOf = ({ cell, directory }: ProcessContext): DynamicModule =>
  InventoryModule.forCell({ cell: cell.id, directory });

export const privacyOptionsOf = (
  { cell, region }: ProcessContext,
  kms: KmsConfig,
): PrivacyOptions => ({
  cell: cell.id,
  region: region.region,
  kms: { ...kms, awsRegion: region.awsRegion },
});

/** The officers of a demo see the whole way at once; elsewhere they may think again for a day. */
const coolingOffHoursInProduction = 24;

export const erasureOptionsOf = ({ cell, region, config }: ProcessContext): ErasureOptions => ({
  cell: cell.id,
  countries: cell.countries,
  timeZone: region.timeZone,
  law: region.retentionLaw,
  coolingOffHours: config.profile === 'production' ? coolingOffHoursInProduction : 0,
});
