export { ErasureModule } from './erasure.module.ts';
export type { ErasureOptions } from './erasure.module.ts';
export { PersonalDataOwners } from './application/personal-data-owners.ts';
export { PurgeRestored } from './application/purge-restored.ts';
export { RunErasures } from './application/run-erasures.ts';
