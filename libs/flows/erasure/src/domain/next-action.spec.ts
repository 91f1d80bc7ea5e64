import { describe, expect, it } from '@jest/globals';
import { erasureStates } from '@entrepot/privacy';
import { drivenActions, nextAction } from './next-action.ts';
import { isAllowedIn, isFinal, ruleOf, statesAfterFence } from './transition-table.ts';

describe('what processes do by themselves', () => {
  it('leads from the approval to the end, each from where the last one stopped', () => {
    for (const [index, action] of drivenActions.entries()) {
      if (action === 'commit') continue;
      const next = drivenActions[index + 1];
      const { to } = ruleOf(action);
      if (to === 'same' || to === 'resumed') throw new Error(`${action} leads nowhere`);
      const committedAt = to === 'cooling_off' ? undefined : new Date(0);
      expect(nextAction({ status: to, committedAt })).toBe(next);
    }
    expect(nextAction({ status: 'cooling_off', committedAt: new Date(0) })).toBe('fence');
  });

  it('is always something that the machine allows', () => {
    for (const status of erasureStates) {
      const action = nextAction({ status, committedAt: undefined });
      if (action !== undefined) expect(isAllowedIn(status, action)).toBe(true);
    }
  });

  it('never stops on the way, and begins nothing that two officers have not decided', () => {
    for (const status of statesAfterFence) {
      expect(nextAction({ status, committedAt: new Date(0) })).toBeDefined();
    }
    const idle = erasureStates.filter((status) => isFinal(status));
    for (const status of [...idle, 'assessed', 'received', 'on_hold', 'failed'] as const) {
      expect(nextAction({ status, committedAt: undefined })).toBeUndefined();
    }
  });
});
