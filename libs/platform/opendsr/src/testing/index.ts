export { makeAnswerIdentity } from './answer-identity.ts';
export type { AnswerIdentity } from './answer-identity.ts';
export { RunningDesk } from './running-desk.ts';
