export { ApiModule, bootstrapApi } from './bootstrap-api.ts';
export { bootstrapBorder } from './bootstrap-border.ts';
export { bootstrapEraser } from './bootstrap-eraser.ts';
export { bootstrapWorker, WorkerModule } from './bootstrap-worker.ts';
export type { ProcessContext } from './process-context.ts';
export { Readiness } from './readiness.ts';
export type { RegionProfile } from './region-profile.ts';
