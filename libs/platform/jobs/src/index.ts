export { BullMqJobQueue } from './adapters/bullmq-job-queue.ts';
export type { BullMqOptions } from './adapters/bullmq-job-queue.ts';
export { BullMqJobRunner } from './adapters/bullmq-job-runner.ts';
export type { BullMqJobRunnerParts } from './adapters/bullmq-job-runner.ts';
export { defineJob } from './define-job.ts';
export type { JobDefinition, JobFieldClass, JobPayload } from './define-job.ts';
export { assertHandlers, JobHandler, JobQueue } from './job-handler.ts';
