export { previewApi } from './preview-api.ts';
export type { AssembledApi, Handler } from './preview-api.ts';
export { ownerProblems } from '../owner-problems.ts';
export { processorProblems } from '../processor-problems.ts';
export { previewErasedTables } from './preview-owners.ts';
