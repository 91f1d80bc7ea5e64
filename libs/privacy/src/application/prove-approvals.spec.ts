import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ErasureRequestId, StaffId, SubjectId } from '@entrepot/kernel';
import { assertionDigest, assertionFrom, relyingPartyOf } from '@entrepot/platform-webauthn';
import { SoftwareAuthenticator } from '@entrepot/platform-webauthn/testing';
import { createHash } from 'node:crypto';
import type { ErasureRequest } from '../domain/erasure-request.ts';
import { approvalChallenge } from './approval-challenge.ts';
import { ProveApprovals } from './prove-approvals.ts';
import { OfficerPasskeys, SignedApprovals } from './signed-approvals.ts';
import type { ApprovalRole, OfficerPasskey, SignedApproval } from './signed-approvals.ts';

const origin = 'http://in-1.localhost:8080';
const relyingParty = relyingPartyOf(origin);
const at = new Date('2026-11-28T10:00:00Z');
const id = 'ers_1' as ErasureRequestId;
const text = '{"plan":"all of it"}';
const digest = createHash('sha256').update(text).digest('hex');

/** An officer with a passkey. */
class Desk {
  readonly staffId: StaffId;
  readonly person: SubjectId;
  readonly stored = SoftwareAuthenticator.newStored();
  readonly passkey = SoftwareAuthenticator.from(this.stored, origin);
  readonly publicKey = SoftwareAuthenticator.publicHalfOf(this.stored).publicKey;

  constructor(name: string) {
    this.staffId = `stf_${name}` as StaffId;
    this.person = `sub_${name}` as SubjectId;
  }

  sign(role: ApprovalRole, planDigest = digest, request = id): SignedApproval {
    const challenge = approvalChallenge(request, planDigest);
    const signed = assertionFrom(this.passkey.get({ challenge, rpId: relyingParty.id }));
    const { staffId, person, publicKey } = this;
    const assertion = { signed, publicKey, assertionDigest: assertionDigest(signed) };
    return { role, staffId, person, planDigest, at, ...assertion };
  }
}

class Archive extends SignedApprovals {
  rows: SignedApproval[] = [];

  override of(): Promise<SignedApproval[]> {
    return Promise.resolve(this.rows);
  }
}

class Register extends OfficerPasskeys {
  readonly rows = new Map<string, OfficerPasskey>();

  override find(credentialId: string): Promise<OfficerPasskey | undefined> {
    return Promise.resolve(this.rows.get(credentialId));
  }
}

let asking: Desk;
let approving: Desk;
let request: ErasureRequest;
let signatures: Archive;
let passkeys: Register;

beforeEach(() => {
  asking = new Desk('a');
  approving = new Desk('b');
  request = {
    ...{ id, subject: 'sub_s' as SubjectId, status: 'drained' },
    requestedBy: { staffId: asking.staffId, person: asking.person },
    confirmation: { planDigest: digest, at },
    approval: { staffId: approving.staffId, person: approving.person, planDigest: digest, at },
    plan: { text, digest, keepsSomething: false, needsExtract: false },
  } as ErasureRequest;
  signatures = new Archive();
  signatures.rows = [asking.sign('requester'), approving.sign('approver')];
  passkeys = new Register();
  for (const { stored, staffId, person, publicKey } of [asking, approving]) {
    passkeys.rows.set(stored.credentialId, { staffId, person, publicKey });
  }
});

const isProven = () => new ProveApprovals({ signatures, passkeys, relyingParty }).isProven(request);

describe('T28 two approvals', () => {
  it('T28 are proven by what both officers signed', async () => {
    expect(await isProven()).toBe(true);
  });

  it.each<[string, () => void]>([
    ['whoever asked has not signed', () => signatures.rows.shift()],
    ['the other officer has not signed', () => signatures.rows.pop()],
    ['one signed for both', () => (signatures.rows[1] = asking.sign('approver'))],
    [
      'one signed for both in the name of the other',
      () => {
        const { staffId, person } = approving;
        signatures.rows[1] = { ...asking.sign('approver'), staffId, person };
      },
    ],
    [
      'an approval is of another plan',
      () => (signatures.rows[1] = approving.sign('approver', 'f'.repeat(64))),
    ],
    [
      'an approval is of another request',
      () => (signatures.rows[1] = approving.sign('approver', digest, 'ers_2' as ErasureRequestId)),
    ],
    [
      'the plan is not what was signed',
      () => {
        const plan = {
          text: '{"plan":"more"}',
          digest,
          keepsSomething: false,
          needsExtract: false,
        };
        request = { ...request, plan };
      },
    ],
    ['a passkey is not in the register', () => passkeys.rows.delete(approving.stored.credentialId)],
    [
      'the key beside the signature is not the one in the register',
      () => {
        const forger = new Desk('b');
        const forged = forger.sign('approver');
        const signed = { ...forged.signed, credentialId: approving.stored.credentialId };
        signatures.rows[1] = { ...forged, signed };
      },
    ],
    [
      'a passkey is that of somebody else',
      () => {
        const { stored, publicKey } = approving;
        const { staffId, person } = asking;
        passkeys.rows.set(stored.credentialId, { staffId, person, publicKey });
      },
    ],
    ['no officer took the request up', () => (request = { ...request, requestedBy: undefined })],
    ['nobody approved', () => (request = { ...request, approval: undefined })],
  ])('T28 are none where %s', async (_, spoil) => {
    spoil();
    expect(await isProven()).toBe(false);
  });

  it('T28 hold where an officer signed twice', async () => {
    signatures.rows.unshift(approving.sign('approver', 'f'.repeat(64)));
    expect(await isProven()).toBe(true);
  });
});
