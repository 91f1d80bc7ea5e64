export { ErasureModule } from './erasure.module.ts';
export type { ErasureOptions, ErasureWorkerOptions } from './erasure.module.ts';
export { driveErasure, DriveErasureJob } from './adapters/drive-erasure.job.ts';
export { RedisKeySpaces } from './adapters/redis-key-spaces.ts';
export type { RedisKeySpacesOptions } from './adapters/redis-key-spaces.ts';
export { PurgeRestored } from './application/purge-restored.ts';
export { StepFailure } from './application/step-failure.ts';
export { StoreKeeper } from './application/store-keeper.ts';
export { categoryOfTable } from './domain/data-stores.ts';
