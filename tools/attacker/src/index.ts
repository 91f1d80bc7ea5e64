export { attack } from './attack.ts';
export type { AttackReport } from './attack.ts';
export { BadBundleError, bundleFormat } from './bundle.ts';
export type { Dictionary, KmsAccess, KmsLogin } from './bundle.ts';
export { describeAttack } from './describe.ts';
export type { Guess } from './dictionary.ts';
export type { Trail } from './joins.ts';
export type { LoginAnswers } from './kms-lockpick.ts';
export type { OpenedValue, StoreFinding } from './sealed-values.ts';
