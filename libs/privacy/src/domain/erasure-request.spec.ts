import { describe, expect, it } from '@jest/globals';
import type { ErasureRequestId, StaffId, SubjectId } from '@entrepot/kernel';
import { isFourEyed } from './erasure-request.ts';
import type { ErasureRequest } from './erasure-request.ts';

const officer = (name: string) => ({ staffId: `stf_${name}` as StaffId, person: person(name) });
const person = (name: string) => `sub_${name}` as SubjectId;
const request: ErasureRequest = {
  id: 'ers_1' as ErasureRequestId,
  subject: person('shopper'),
  status: 'approved',
  requestedBy: officer('a'),
  approval: { ...officer('b'), planDigest: 'd', at: new Date(0) },
  version: 2,
  requestedAt: new Date(0),
  fencedAt: undefined,
  keyUnusableAt: undefined,
  purgedAt: undefined,
  keyDestroyedAt: undefined,
  closedAt: undefined,
};
const approval = { planDigest: 'd', at: new Date(0) };

describe('isFourEyed', () => {
  it('takes two persons who are not the subject', () => {
    expect(isFourEyed(request)).toBe(true);
  });

  it.each<[string, Partial<ErasureRequest>]>([
    ['nobody approved', { approval: undefined }],
    ['one person approved what they asked', { approval: { ...officer('a'), ...approval } }],
    [
      'one person used two logins',
      { approval: { staffId: 'stf_b' as StaffId, person: person('a'), ...approval } },
    ],
    ['the subject asked', { subject: person('a') }],
    ['the subject approved', { subject: person('b') }],
  ])('refuses where %s', (_case, change) => {
    expect(isFourEyed({ ...request, ...change })).toBe(false);
  });
});
