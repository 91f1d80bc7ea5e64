export { findBoundaryViolations, findCycles, readTags, refusal } from './boundary-rules.ts';
export type { Dependency, ProjectTags } from './boundary-rules.ts';
export { findLayerViolations, readImports } from './layer-rules.ts';
export { readWorkspace } from './project-graph.ts';
export { readSourceFiles } from './source-files.ts';
export { findUntidiness } from './tidy-rules.ts';
