export { ErasureModule } from './erasure.module.ts';
export type { ErasureApiOptions, ErasureOptions, ErasureWorkerOptions } from './erasure.module.ts';
export { driveErasure, DriveErasureJob } from './adapters/drive-erasure.job.ts';
export { RedisKeySpaces } from './adapters/redis-key-spaces.ts';
export type { RedisKeySpacesOptions } from './adapters/redis-key-spaces.ts';
export { PersonalDataOwners } from './application/personal-data-owners.ts';
export { PurgeRestored } from './application/purge-restored.ts';
export { StepFailure } from './application/step-failure.ts';
export { StoreKeeper } from './application/store-keeper.ts';
