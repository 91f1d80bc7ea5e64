export { findBoundaryViolations, findCycles, readTags, refusal } from './boundary-rules.ts';
export type { Dependency, ProjectTags } from './boundary-rules.ts';
export { findLayerViolations, readImports } from './layer-rules.ts';
export { readWorkspace } from './project-graph.ts';
export { readSourceFiles } from './source-files.ts';
export { findUntidiness } from './tidy-rules.ts';
export { classify } from './classification/classify.ts';
export type {
  Classification,
  ClassifiedColumn,
  ClassifiedTable,
} from './classification/classify.ts';
export {
  classifyClusters,
  generatedFiles,
  staleGeneratedFiles,
  writeGeneratedFiles,
} from './classification/generated-files.ts';
export type { ClusterCatalogue, GeneratedFile } from './classification/generated-files.ts';
export { readAnnotations } from './classification/prisma-annotations.ts';
export { lawPages } from './law/law-pages.ts';
export { loadRegions } from './law/load-regions.ts';
export { readDataMap } from './law/mapped-data.ts';
export { pagesDay } from './law/pages-day.ts';
export { errorReference } from './error-reference.ts';
