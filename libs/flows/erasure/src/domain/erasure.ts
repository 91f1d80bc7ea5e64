import type { ErasureStatus } from '@entrepot/privacy';

/** What is done to a request in a status, and the status it then has. */
export interface ErasureStage {
  readonly from: ErasureStatus;
  readonly to: ErasureStatus;
  readonly work: 'fence' | 'await-unusable' | 'purge' | 'await-destroyed' | 'close';
}

/**
 * An erasure from its approval to its end. The fence comes first, so that nothing new is written; the
 * key is out of use before a row is deleted, so that a row that was missed says nothing either.
 */
export const erasureStages: readonly ErasureStage[] = [
  { from: 'approved', to: 'fenced', work: 'fence' },
  { from: 'fenced', to: 'key_unusable', work: 'await-unusable' },
  { from: 'key_unusable', to: 'purged', work: 'purge' },
  { from: 'purged', to: 'key_destroyed', work: 'await-destroyed' },
  { from: 'key_destroyed', to: 'closed', work: 'close' },
];

/** Undefined where nothing is to be done: not approved, or at the end. */
export const stageOf = (status: ErasureStatus): ErasureStage | undefined =>
  erasureStages.find(({ from }) => from === status);
