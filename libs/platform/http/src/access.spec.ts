import { describe, expect, it } from '@jest/globals';
import type { AccountId, CartId, SessionId, StaffId, SubjectId } from '@entrepot/kernel';
import { Access, bearerToken, judgeAccess, judgeRestriction } from './access.ts';
import type { AccessKind } from './access.ts';
import type { Principal } from './principal.ts';

const sessionId = 'ses_in-1_x' as SessionId;
const principals: Record<string, Principal | undefined> = {
  nobody: undefined,
  shopper: {
    kind: 'shopper',
    sessionId,
    subjectId: 'sub_in-1_x' as SubjectId,
    accountId: 'acc_in-1_x' as AccountId,
    isRestricted: false,
  },
  guest: { kind: 'guest-cart', cartId: 'crt_in-1_x' as CartId },
  staff: {
    ...{ kind: 'staff', sessionId, staffId: 'stf_in-1_x' as StaffId, roles: ['support'] },
    isRestricted: false,
  },
};

function verdict(kind: AccessKind, roles: readonly string[], who: string): string {
  try {
    judgeAccess({ kind, roles }, principals[who]);
    return 'in';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('access', () => {
  it.each([
    ['public', [], { nobody: 'in', shopper: 'in', guest: 'in', staff: 'in' }],
    ['shopper', [], { nobody: 'no', shopper: 'in', guest: 'no', staff: 'no' }],
    ['cart', [], { nobody: 'no', shopper: 'in', guest: 'in', staff: 'no' }],
    ['staff', [], { nobody: 'no', shopper: 'no', guest: 'no', staff: 'in' }],
    ['staff', ['support', 'officer'], { nobody: 'no', shopper: 'no', guest: 'no', staff: 'in' }],
  ] as const)('%s %j', (kind, roles, expected) => {
    for (const [who, answer] of Object.entries(expected)) {
      const code = answer === 'in' ? 'in' : 'UNAUTHENTICATED';
      expect({ who, verdict: verdict(kind, roles, who) }).toEqual({ who, verdict: code });
    }
  });

  it('is forbidden to staff without the role', () => {
    expect(verdict('staff', ['officer'], 'staff')).toBe('FORBIDDEN');
  });

  it('takes roles for staff only', () => {
    expect(() => Access('shopper', ['support'])).toThrow(TypeError);
  });
});

describe('bearerToken', () => {
  it.each([
    [undefined, undefined],
    ['Bearer abc.def-_~+/=', 'abc.def-_~+/='],
    ['bearer abc', 'abc'],
  ])('%s', (header, token) => {
    expect(bearerToken(header)).toBe(token);
  });

  it.each(['', 'abc', 'Basic abc', 'Bearer', 'Bearer a b', 'Bearer a,b'])(
    'refuses "%s"',
    (header) => {
      expect(() => bearerToken(header)).toThrow(
        expect.objectContaining({ code: 'UNAUTHENTICATED' }),
      );
    },
  );
});

describe('T42 somebody whose data are restricted', () => {
  const [shopper, staff] = [principals['shopper'], principals['staff']];
  const restrictedOnes = [shopper, staff].flatMap((of) =>
    of === undefined || of.kind === 'guest-cart' ? [] : [{ ...of, isRestricted: true }],
  );

  it('T42 is served where a handler says so, and nowhere else', () => {
    expect(restrictedOnes).toHaveLength(2);
    for (const principal of restrictedOnes) {
      expect(() => judgeRestriction(false, principal)).toThrow(
        expect.objectContaining({ code: 'ACCOUNT_RESTRICTED' }),
      );
      expect(() => judgeRestriction(true, principal)).not.toThrow();
    }
    for (const principal of Object.values(principals)) {
      expect(() => judgeRestriction(false, principal)).not.toThrow();
    }
  });
});
