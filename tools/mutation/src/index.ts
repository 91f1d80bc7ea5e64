export { guardTrials } from './guard-trials.ts';
export { reducerFiles, reducerTrials } from './reducer-trials.ts';
export { isInSample } from './sample.ts';
export { scoreOf } from './score.ts';
export type { Score, Trial } from './score.ts';
