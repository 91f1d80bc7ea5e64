export { ErasureModule } from './erasure.module.ts';
export type { ErasureOptions } from './erasure.module.ts';
export { PersonalDataOwners } from './application/personal-data-owners.ts';
export { RunErasures } from './application/run-erasures.ts';
