export type { Tally } from './faults/coverage.ts';
export { mutants, protocolOf } from './mutants/mutants.ts';
export { hunt } from './run/hunt.ts';
export type { Hunt } from './run/hunt.ts';
export { coverageTable, failureText, figuresLine } from './run/report.ts';
export { runSeed } from './run/run-seed.ts';
export type { Failure, RunOptions, RunResult } from './run/run-seed.ts';
export { simulate } from './run/simulate.ts';
export type { SimulateOptions, SimulateResult } from './run/simulate.ts';
