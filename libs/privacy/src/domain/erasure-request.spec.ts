import { describe, expect, it } from '@jest/globals';
import type { StaffId, SubjectId } from '@entrepot/kernel';
import { isApprovedByTwo, isFourEyed } from './erasure-request.ts';
import type { ErasureRequest } from './erasure-request.ts';

const officer = (name: string) => ({ staffId: `stf_${name}` as StaffId, person: person(name) });
const person = (name: string) => `sub_${name}` as SubjectId;
const approval = { planDigest: 'd', at: new Date(0) };
const approved = {
  subject: person('shopper'),
  requestedBy: officer('a'),
  confirmation: approval,
  approval: { ...officer('b'), ...approval },
};

describe('isFourEyed', () => {
  it('takes two persons who are not the subject', () => {
    expect(isFourEyed(approved)).toBe(true);
  });

  it.each<[string, Partial<ErasureRequest>]>([
    ['nobody approved', { approval: undefined }],
    ['no officer has taken it up', { requestedBy: undefined }],
    ['one person approved what they asked', { approval: { ...officer('a'), ...approval } }],
    [
      'one person used two logins',
      { approval: { staffId: 'stf_b' as StaffId, person: person('a'), ...approval } },
    ],
    ['the subject asked', { subject: person('a') }],
    ['the subject approved', { subject: person('b') }],
  ])('refuses where %s', (_case, change) => {
    expect(isFourEyed({ ...approved, ...change })).toBe(false);
  });
});

describe('isApprovedByTwo', () => {
  it('takes two signatures under the plan as it stands, and under no other', () => {
    const plan = { text: '{}', digest: 'd', keepsSomething: false, needsExtract: false };
    const request = { ...approved, plan } as ErasureRequest;
    expect(isApprovedByTwo(request)).toBe(true);
    expect(isApprovedByTwo({ ...request, plan: { ...plan, digest: 'e' } })).toBe(false);
    expect(isApprovedByTwo({ ...request, plan: undefined })).toBe(false);
    expect(isApprovedByTwo({ ...request, confirmation: undefined })).toBe(false);
    const other = { ...approval, planDigest: 'e' };
    expect(isApprovedByTwo({ ...request, confirmation: other })).toBe(false);
  });
});
