import type { ErasureStatus } from '@entrepot/privacy';

/** Where an event may happen and where it leads; `resumed` is where a held or failed request was. */
export interface TransitionRule {
  readonly from: readonly ErasureStatus[];
  readonly to: ErasureStatus | 'same' | 'resumed';
}

/** Nothing of the person has been touched in these: a request may still be held or withdrawn. */
export const statesBeforeFence = [
  'received',
  'identity_pending',
  'verified',
  'assessed',
  'approved',
  'partial',
  'cooling_off',
] as const satisfies readonly ErasureStatus[];

/** In these the erasure is on its way and only goes forward. */
export const statesAfterFence = [
  'fenced',
  'drained',
  'extracted',
  'key_unusable',
  'purged',
  'recipients_notified',
  'verified_unreadable',
  'key_destroyed',
  'certified',
] as const satisfies readonly ErasureStatus[];

export const finalStates = [
  'closed',
  'rejected',
  'withdrawn',
  'duplicate',
] as const satisfies readonly ErasureStatus[];

export const isFinal = (status: ErasureStatus): boolean =>
  (finalStates as readonly ErasureStatus[]).includes(status);

const open = [...statesBeforeFence, ...statesAfterFence] as const;

/**
 * The whole machine. Until it is committed a plan may be made anew, which takes both signatures with it, and
 * a request may be held or withdrawn. The commitment is written before the fence is set: from then on
 * there is no way back, or somebody could withdraw while a fence is going up and be half erased.
 */
export const transitionTable = {
  'ask-identity': { from: ['received'], to: 'identity_pending' },
  'verify-identity': { from: ['received', 'identity_pending'], to: 'verified' },
  // the person was offered a copy of their data, or could not be: an event of its own, and the request stays
  'offer-copy': { from: ['verified'], to: 'same' },
  'mark-duplicate': { from: ['received', 'identity_pending', 'verified'], to: 'duplicate' },
  assess: {
    from: ['verified', 'assessed', 'approved', 'partial', 'cooling_off'],
    to: 'assessed',
  },
  confirm: { from: ['assessed'], to: 'same' },
  reject: { from: ['assessed'], to: 'rejected' },
  approve: { from: ['assessed'], to: 'approved' },
  'approve-in-part': { from: ['assessed'], to: 'partial' },
  'cool-off': { from: ['approved', 'partial'], to: 'cooling_off' },
  commit: { from: ['cooling_off'], to: 'same' },
  fence: { from: ['cooling_off'], to: 'fenced' },
  drain: { from: ['fenced'], to: 'drained' },
  extract: { from: ['drained'], to: 'extracted' },
  'end-key': { from: ['extracted'], to: 'key_unusable' },
  purge: { from: ['key_unusable'], to: 'purged' },
  'notify-recipients': { from: ['purged'], to: 'recipients_notified' },
  // a processor's day has passed: an event of its own, and the request stays
  escalate: { from: ['purged'], to: 'same' },
  'verify-unreadable': { from: ['recipients_notified'], to: 'verified_unreadable' },
  'confirm-destroyed': { from: ['verified_unreadable'], to: 'key_destroyed' },
  certify: { from: ['key_destroyed'], to: 'certified' },
  close: { from: ['certified'], to: 'closed' },
  withdraw: { from: [...statesBeforeFence, 'on_hold'], to: 'withdrawn' },
  hold: { from: statesBeforeFence, to: 'on_hold' },
  release: { from: ['on_hold'], to: 'resumed' },
  extend: { from: [...open, 'on_hold', 'failed'], to: 'same' },
  fail: { from: ['cooling_off', ...statesAfterFence], to: 'failed' },
  retry: { from: ['failed'], to: 'resumed' },
} as const satisfies Record<string, TransitionRule>;

export type ErasureAction = keyof typeof transitionTable;
export const erasureActions = Object.keys(transitionTable) as ErasureAction[];

/** What a member of staff may ask for; everything else is done by processes. */
export const staffActions = [
  'assess',
  'confirm',
  'approve',
  'reject',
  'withdraw',
  'hold',
  'release',
  'extend',
  'retry',
] as const satisfies readonly ErasureAction[];

export type StaffAction = (typeof staffActions)[number];

export const ruleOf = (action: ErasureAction): TransitionRule => transitionTable[action];

export const isAllowedIn = (status: ErasureStatus, action: ErasureAction): boolean =>
  ruleOf(action).from.includes(status);

/** What may happen in a state, for staff: the order of the table. */
export const staffActionsIn = (status: ErasureStatus): StaffAction[] =>
  staffActions.filter((action) => isAllowedIn(status, action));
