export { bootstrapApi } from './bootstrap-api.ts';
export { bootstrapBorder } from './bootstrap-border.ts';
export { bootstrapWorker } from './bootstrap-worker.ts';
export type { RegionProfile } from './region-profile.ts';
