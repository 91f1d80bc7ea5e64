import type { ErasureRequest, ErasureStatus } from '@entrepot/privacy';
import type { ErasureAction } from './transition-table.ts';

/** What processes do by themselves once two officers have decided, in the order of an erasure. */
export const drivenActions = [
  'cool-off',
  'commit',
  'fence',
  'drain',
  'extract',
  'end-key',
  'purge',
  'notify-recipients',
  'verify-unreadable',
  'confirm-destroyed',
  'certify',
  'close',
] as const satisfies readonly ErasureAction[];
export type DrivenAction = (typeof drivenActions)[number];

const actionIn: Partial<Record<ErasureStatus, DrivenAction>> = {
  approved: 'cool-off',
  partial: 'cool-off',
  fenced: 'drain',
  drained: 'extract',
  extracted: 'end-key',
  key_unusable: 'purge',
  purged: 'notify-recipients',
  recipients_notified: 'verify-unreadable',
  verified_unreadable: 'confirm-destroyed',
  key_destroyed: 'certify',
  certified: 'close',
};

/** Undefined where people have to act first, or nothing is left to do. */
export function nextAction({
  status,
  committedAt,
}: Pick<ErasureRequest, 'status' | 'committedAt'>): DrivenAction | undefined {
  if (status === 'cooling_off') return committedAt === undefined ? 'commit' : 'fence';
  return actionIn[status];
}
