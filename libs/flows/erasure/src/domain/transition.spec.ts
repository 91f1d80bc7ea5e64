import { describe, expect, it } from '@jest/globals';
import type { ErasureRequestId, StaffId, SubjectId } from '@entrepot/kernel';
import fc from 'fast-check';
import { erasureStates, isApprovedByTwo, isFourEyed } from '@entrepot/privacy';
import type { ErasureRequest, ErasureStatus } from '@entrepot/privacy';
import { transition } from './transition.ts';
import type { ErasureEvent } from './transition.ts';
import {
  erasureActions,
  finalStates,
  isAllowedIn,
  isFinal,
  ruleOf,
  staffActionsIn,
  statesBeforeFence,
} from './transition-table.ts';

const day = 86_400_000;
const start = new Date('2026-11-01T00:00:00Z');
const on = (days: number) => new Date(start.getTime() + days * day);
const person = (name: string) => `sub_${name}` as SubjectId;
const officer = (name: string) => ({ staffId: `stf_${name}` as StaffId, person: person(name) });
const planOf = (digest: string, keepsSomething = false, needsExtract = false) => ({
  ...{ text: `{"plan":"${digest}"}`, digest, keepsSomething, needsExtract },
});

const received: ErasureRequest = {
  id: 'ers_1' as ErasureRequestId,
  subject: person('shopper'),
  status: 'received',
  version: 1,
  requestedBy: officer('a'),
  requestedAt: start,
  dueAt: on(30),
  extendedTo: undefined,
  identity: undefined,
  plan: undefined,
  confirmation: undefined,
  approval: undefined,
  coolingOffUntil: undefined,
  committedAt: undefined,
  fencedAt: undefined,
  drainedAt: undefined,
  keyUnusableAt: undefined,
  purgedAt: undefined,
  keyDestroyedAt: undefined,
  closedAt: undefined,
  resumesTo: undefined,
  failure: undefined,
  duplicateOf: undefined,
};

const approvalBy = (name: string, planDigest = 'p') =>
  ({
    action: 'approve',
    at: on(1),
    approval: { ...officer(name), planDigest, at: on(1) },
  }) as const;

const confirmationBy = (name: string, planDigest = 'p') =>
  ({ ...approvalBy(name, planDigest), action: 'confirm' }) as const;

/** Follows the events; the first refusal ends it. */
function after(events: readonly ErasureEvent[], from = received): ErasureRequest | string {
  let request = from;
  for (const event of events) {
    const step = transition(request, event);
    if ('refusal' in step) return step.refusal;
    request = step.request;
  }
  return request;
}

const toAssessed: readonly ErasureEvent[] = [
  { action: 'verify-identity', at: on(0), method: 'named_by_staff' },
  { action: 'assess', at: on(0), plan: planOf('p') },
];
const toConfirmed = [...toAssessed, confirmationBy('a')];
const toCooled: readonly ErasureEvent[] = [
  ...toConfirmed,
  approvalBy('b'),
  { action: 'cool-off', at: on(1), until: on(2) },
];
const plain = (action: Extract<ErasureEvent, { readonly at: Date }>['action'], days = 3) =>
  ({ action, at: on(days) }) as ErasureEvent;
const toFenced = [...toCooled, plain('commit'), plain('fence')];
const toUnusable = [...toFenced, plain('drain'), plain('extract'), plain('end-key')];

describe('the machine of a request', () => {
  it('has an exit from every state that is no end, and none from an end', () => {
    for (const status of erasureStates) {
      const exits = erasureActions.filter((action) => isAllowedIn(status, action));
      const leaving = exits.filter((action) => ruleOf(action).to !== 'same');
      expect({ status, isFinal: leaving.length === 0 }).toEqual({
        status,
        isFinal: isFinal(status),
      });
      if (isFinal(status)) expect(exits).toEqual([]);
    }
  });

  it('reaches every state, and from every state an end', () => {
    const next = (status: ErasureStatus): ErasureStatus[] =>
      erasureActions.flatMap((action) => {
        const { from, to } = ruleOf(action);
        if (!from.includes(status) || to === 'same') return [];
        return to === 'resumed' ? statesBeforeFence.slice(0, 1) : [to];
      });
    const reachable = (from: ErasureStatus): Set<ErasureStatus> => {
      const seen = new Set<ErasureStatus>([from]);
      for (const status of seen) for (const to of next(status)) seen.add(to);
      return seen;
    };
    expect([...reachable('received')].toSorted()).toEqual([...erasureStates].toSorted());
    for (const status of erasureStates) {
      expect([...reachable(status)].some((to) => isFinal(to))).toBe(true);
    }
  });

  it('goes the whole way', () => {
    const rest = [
      ...(['purge', 'notify-recipients', 'verify-unreadable', 'confirm-destroyed'] as const),
      ...(['certify', 'close'] as const),
    ].map((action) => plain(action, 12));
    const closed = after([...toUnusable, ...rest]);
    expect(closed).toMatchObject({
      ...{ status: 'closed', fencedAt: on(3), keyUnusableAt: on(3), keyDestroyedAt: on(12) },
      version: 1 + toUnusable.length + rest.length,
    });
  });

  it('is partial where something stays under a law', () => {
    const plan = planOf('p', true);
    const assessed = [toAssessed[0], { action: 'assess', at: on(0), plan }] as ErasureEvent[];
    const confirmed = [...assessed, confirmationBy('a')];
    expect(after([...confirmed, approvalBy('b')])).toMatchObject({ status: 'partial' });
    expect(after([...toConfirmed, approvalBy('b')])).toMatchObject({ status: 'approved' });
  });
});

describe('two persons', () => {
  it.each([
    ['whoever asked', approvalBy('a'), 'ERASURE_NEEDS_ANOTHER_PERSON'],
    ['the person concerned', approvalBy('shopper'), 'ERASURE_NEEDS_ANOTHER_PERSON'],
    ['somebody who saw another plan', approvalBy('b', 'q'), 'ERASURE_PLAN_CHANGED'],
  ])('are not two when %s approves', (_who, approval, refusal) => {
    expect(after([...toConfirmed, approval])).toBe(refusal);
  });

  it('are not two with a second login of one person', () => {
    const approval = { ...approvalBy('b').approval, person: person('a') };
    expect(after([...toConfirmed, { ...approvalBy('b'), approval }])).toBe(
      'ERASURE_NEEDS_ANOTHER_PERSON',
    );
  });

  it('approve once', () => {
    expect(after([...toConfirmed, approvalBy('b'), approvalBy('b')])).toBe(
      'ERASURE_APPROVAL_REPLAYED',
    );
    expect(after([...toConfirmed, approvalBy('b'), approvalBy('c')])).toBe('ERASURE_NOT_WAITING');
  });

  it('approve again when the plan is made anew', () => {
    const anew = { action: 'assess', at: on(1), plan: planOf('q') } as const;
    const unsigned = { status: 'assessed', confirmation: undefined, approval: undefined };
    expect(after([...toCooled, anew])).toMatchObject(unsigned);
    expect(after([...toCooled, anew, approvalBy('b', 'q')])).toBe('ERASURE_NOT_CONFIRMED');
    expect(after([...toCooled, anew, confirmationBy('a', 'p')])).toBe('ERASURE_PLAN_CHANGED');
    const confirmed = [...toCooled, anew, confirmationBy('a', 'q')];
    expect(after([...confirmed, approvalBy('b', 'p')])).toBe('ERASURE_PLAN_CHANGED');
    expect(after([...confirmed, approvalBy('b', 'q')])).toMatchObject({ status: 'approved' });
  });

  it('are asked one after the other, and the first is whoever asked', () => {
    expect(after([...toAssessed, approvalBy('b')])).toBe('ERASURE_NOT_CONFIRMED');
    expect(after([...toAssessed, confirmationBy('b')])).toBe('ERASURE_NEEDS_ANOTHER_PERSON');
    expect(after([...toConfirmed, confirmationBy('a')])).toBe('ERASURE_APPROVAL_REPLAYED');
    expect(after([confirmationBy('a')])).toBe('ERASURE_NOT_WAITING');
  });

  it('are two officers also where the person asked', () => {
    const asked = { ...received, requestedBy: undefined };
    const taken = [...toAssessed, confirmationBy('b')];
    expect(after(taken, asked)).toMatchObject({ requestedBy: officer('b') });
    expect(after([...toAssessed, approvalBy('b')], asked)).toBe('ERASURE_NOT_CONFIRMED');
    for (const name of ['b', 'shopper']) {
      expect(after([...taken, approvalBy(name)], asked)).toBe('ERASURE_NEEDS_ANOTHER_PERSON');
    }
    expect(after([...toAssessed, confirmationBy('shopper')], asked)).toBe(
      'ERASURE_NEEDS_ANOTHER_PERSON',
    );
    expect(after([...taken, approvalBy('c')], asked)).toMatchObject({ status: 'approved' });
  });
});

describe('doors without a way back', () => {
  it('open after the cooling-off and not before', () => {
    expect(after([...toCooled, plain('commit', 1)])).toBe('ERASURE_COOLING_OFF');
    expect(after([...toCooled, plain('commit', 2)])).toMatchObject({ status: 'cooling_off' });
    expect(after([...toCooled, plain('fence', 2)])).toBe('ERASURE_STATE_FORBIDS');
  });

  it('stay shut until what a law wants kept was moved', () => {
    expect(after([...toFenced, plain('drain'), plain('end-key')])).toBe('ERASURE_STATE_FORBIDS');
    expect(after([...toFenced, plain('extract')])).toBe('ERASURE_STATE_FORBIDS');
    expect(after(toUnusable)).toMatchObject({ status: 'key_unusable' });
  });

  it('let nobody hold or withdraw', () => {
    for (const action of ['hold', 'withdraw'] as const) {
      expect(after([...toCooled, plain(action)])).not.toBe('ERASURE_STATE_FORBIDS');
      for (const past of [[...toCooled, plain('commit')], toFenced]) {
        expect(after([...past, plain(action)])).toBe('ERASURE_STATE_FORBIDS');
      }
    }
  });

  it('are tried again where they failed', () => {
    const fail = { action: 'fail', at: on(3), step: 'drain', code: 'DRAIN_TIMED_OUT' } as const;
    const failed = after([...toFenced, fail]);
    expect(failed).toMatchObject({
      status: 'failed',
      resumesTo: 'fenced',
      failure: { step: 'drain' },
    });
    expect(after([...toFenced, fail, plain('retry')])).toMatchObject({
      ...{ status: 'fenced', resumesTo: undefined, failure: undefined },
    });
  });
});

/** Any event at all, sensible or not. */
const anyEvent: fc.Arbitrary<ErasureEvent> = fc
  .record({
    action: fc.constantFrom(...erasureActions.filter((action) => action !== 'approve-in-part')),
    at: fc.integer({ min: 0, max: 120 }).map(on),
    who: fc.constantFrom('a', 'b', 'c', 'shopper'),
    digest: fc.constantFrom('p', 'q'),
    keeps: fc.boolean(),
    needs: fc.boolean(),
  })
  .map(({ action, at, who, digest, keeps, needs }) => {
    const parts = {
      ...{
        method: 'named_by_staff',
        of: 'ers_2',
        until: at,
        timeZone: 'UTC',
        step: 's',
        code: 'C',
      },
      plan: planOf(digest, keeps, needs),
      approval: { ...officer(who), planDigest: digest, at },
    };
    return { action, at, ...parts } as unknown as ErasureEvent;
  });

/** Three events in four are the next of the straight way, and runs are long: of 500 a hundred and more end a key. */
const anyRun = fc.array(
  fc.oneof({ weight: 1, arbitrary: anyEvent }, { weight: 3, arbitrary: fc.constant('next') }),
  { maxLength: 40, size: 'max' },
);

const straight: Partial<Record<ErasureStatus, ErasureEvent>> = {
  received: { action: 'verify-identity', at: on(1), method: 'named_by_staff' },
  verified: { action: 'assess', at: on(1), plan: planOf('p') },
  approved: { action: 'cool-off', at: on(1), until: on(2) },
  partial: { action: 'cool-off', at: on(1), until: on(2) },

  fenced: plain('drain'),
  drained: plain('extract'),
  extracted: plain('end-key'),
  key_unusable: plain('purge'),
};

const nextOf = (request: ErasureRequest): ErasureEvent | undefined => {
  const { status, committedAt, confirmation, plan } = request;
  if (status === 'assessed') {
    const digest = plan?.digest;
    return confirmation === undefined ? confirmationBy('a', digest) : approvalBy('b', digest);
  }
  if (status !== 'cooling_off') return straight[status];
  return plain(committedAt === undefined ? 'commit' : 'fence', 130);
};

function everyStep(run: readonly (ErasureEvent | string)[]): ErasureRequest[] {
  const steps = [received];
  for (const item of run) {
    const request = steps.at(-1) ?? received;
    const event = typeof item === 'string' ? nextOf(request) : item;
    if (event === undefined) continue;
    const step = transition(request, event);
    if ('request' in step) steps.push(step.request);
  }
  return steps;
}

describe('whatever happens', () => {
  it('no key ends without two persons over this plan, the fence, the drain and the extract', () => {
    let ended = 0;
    fc.assert(
      fc.property(anyRun, (run) => {
        const steps = everyStep(run);
        for (const request of steps) {
          if (request.keyUnusableAt === undefined) continue;
          ended += 1;
          expect(isFourEyed(request) && isApprovedByTwo(request)).toBe(true);
          expect(request.fencedAt).toBeDefined();
          expect(request.drainedAt).toBeDefined();
          expect(steps.map(({ status }) => status)).toContain('extracted');
        }
      }),
      { numRuns: 500 },
    );
    expect(ended).toBeGreaterThan(100);
  });

  it('an end is an end, every event counts one version, and what was fenced is never withdrawn', () => {
    fc.assert(
      fc.property(anyRun, (run) => {
        const steps = everyStep(run);
        for (const [index, request] of steps.entries()) {
          expect(request.version).toBe(index + 1);
          if (isFinal(request.status)) expect(index).toBe(steps.length - 1);
          if (request.committedAt === undefined) continue;
          expect(['withdrawn', 'on_hold', 'rejected', 'assessed']).not.toContain(request.status);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('a held or failed request knows where it goes on, and no other does', () => {
    fc.assert(
      fc.property(anyRun, (run) => {
        for (const { status, resumesTo } of everyStep(run)) {
          expect(resumesTo !== undefined).toBe(status === 'on_hold' || status === 'failed');
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('what staff may do', () => {
  it('follows from the state', () => {
    expect(staffActionsIn('assessed')).toEqual([
      ...['assess', 'confirm', 'approve', 'reject', 'withdraw', 'hold', 'extend'],
    ]);
    expect(staffActionsIn('purged')).toEqual(['extend']);
    expect(staffActionsIn('failed')).toEqual(['extend', 'retry']);
    for (const status of finalStates) expect(staffActionsIn(status)).toEqual([]);
  });
});
