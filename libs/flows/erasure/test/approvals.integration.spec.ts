import type { ErasureRequestId, StaffId, SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import { assertionDigest, assertionFrom } from '@entrepot/platform-webauthn';
import { SoftwareAuthenticator } from '@entrepot/platform-webauthn/testing';
import { approvalChallenge } from '@entrepot/privacy';
import type { ApprovalRole } from '@entrepot/privacy';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ChangeErasure } from '../src/application/change-erasure.ts';
import { ErasureScene } from './erasure-scene.ts';

const staffByToken = '/admin/v1/me';
const noActs = statement('spec.no_acts', 'DELETE FROM identity.staff_act');
const act = statement(
  'spec.staff_act',
  `INSERT INTO identity.staff_act (subject_id, done_by, kind, at)
   VALUES ($1, $2, $3, now() - make_interval(days => $4))`,
);
const passkeyOf = statement(
  'spec.passkey_of_staff',
  `SELECT p.credential_id AS "credentialId", p.public_key AS "publicKey", p.subject_id AS "person"
   FROM identity.passkey p WHERE p.staff_id = $1 AND p.vouched_by IS NULL`,
);
const addPasskey = statement(
  'spec.add_passkey',
  `INSERT INTO identity.passkey (credential_id, staff_id, subject_id, public_key, vouched_by,
     vouching_authenticator_data, vouching_client_data, vouching_signature)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
);
const isEntered = statement(
  'spec.is_entered',
  'SELECT 1 FROM vault.erasure_ledger WHERE subject_id = $1',
);

interface Officer {
  readonly staffId: StaffId;
  readonly person: SubjectId;
  readonly credentialId: string;
  readonly publicKey: Buffer;
}

let scene: ErasureScene;
beforeAll(async () => {
  scene = await ErasureScene.open();
});
afterAll(() => scene.end());

const shop = (kind: 'api' | 'superuser') => scene.fixture.stores.shop.open(kind);
const asked = async () => scene.askAndConfirm((await scene.newShopper()).accountId);

async function officerBehind(token = ''): Promise<Officer> {
  const staffId = String((await scene.call(staffByToken, { token })).body['id']) as StaffId;
  const [row] = await shop('superuser').query<Omit<Officer, 'staffId'>>(passkeyOf, [staffId]);
  if (row === undefined) throw new Error('this officer has no passkey');
  return { staffId, ...row };
}

const refused = (status: number, code: string) => ({ status, body: { code } });

describe('T28 a person who approves', () => {
  it('T28 is not the one who asked, nor the one who is forgotten', async () => {
    const id = await asked();
    const another = refused(403, 'ERASURE_NEEDS_ANOTHER_PERSON');
    expect(await scene.approve(id, scene.officers[0])).toMatchObject(another);
    expect(await scene.confirm(id, scene.officers[1])).toMatchObject(another);
    const { staffId } = await officerBehind(scene.officers[1]);
    const own = await scene.askAndConfirm(staffId);
    expect(await scene.approve(own, scene.officers[1])).toMatchObject(another);
  });

  it('T28 is one person with two accounts: one key is no second pair of eyes', async () => {
    const stored = SoftwareAuthenticator.newStored();
    const key = SoftwareAuthenticator.from(stored, scene.origin);
    const third = await scene.newOfficer();
    const fourth = await scene.newOfficer();
    expect((await scene.addPasskey(key, third)).status).toBe(201);
    expect(await scene.addPasskey(key, fourth)).toMatchObject(refused(409, 'PASSKEY_REFUSED'));
    const approver = await officerBehind(scene.officers[1]);
    const forged = forge(await asked(), 'approver', {
      ...approver,
      ...{ person: (await officerBehind(scene.officers[0])).person },
    });
    await expect(forged).rejects.toMatchObject({ code: 'ERASURE_NEEDS_ANOTHER_PERSON' });
  });

  it('T28 needs a passkey, and a finger or a PIN', async () => {
    const id = await asked();
    const token = await scene.newOfficer();
    const options = `/admin/v1/erasure-requests/${id}/approval/options`;
    expect(await scene.call(options, { method: 'POST', token })).toMatchObject(
      refused(403, 'APPROVAL_NEEDS_PASSKEY'),
    );
    const stored = SoftwareAuthenticator.newStored();
    await scene.addPasskey(SoftwareAuthenticator.from(stored, scene.origin), token);
    const careless = SoftwareAuthenticator.from(stored, scene.origin, { verifiesUser: false });
    scene.authenticators.set(token, careless);
    expect(await scene.approve(id, token)).toMatchObject(refused(403, 'ASSERTION_INVALID'));
    const careful = SoftwareAuthenticator.from(stored, scene.origin);
    scene.authenticators.set(token, careful);
    expect(await scene.approve(id, token)).toMatchObject({ status: 200 });
  });

  it('T28 signs what the options say, and the answer says who did', async () => {
    const id = await asked();
    const token = scene.officers[1];
    const url = `/admin/v1/erasure-requests/${id}/approval`;
    const { body: options } = await scene.call(`${url}/options`, { method: 'POST', token });
    const { planDigest } = (await scene.read(id)).body as { planDigest: string };
    expect(options['challenge']).toBe(approvalChallenge(id as ErasureRequestId, planDigest));
    const assertion = scene.authenticators.get(token ?? '')?.get(options as never);
    const body = { planDigest, assertion };
    const { staffId } = await officerBehind(token);
    expect(await scene.call(url, { method: 'POST', body, token })).toMatchObject({
      status: 200,
      body: { status: 'approved', approvedBy: staffId },
    });
  });
});

describe('T28 an assertion', () => {
  it('T28 is of this plan and this request: a changed digest is refused', async () => {
    const [id, other] = [await asked(), await asked()];
    const token = scene.officers[1] ?? '';
    const digestOf = async (of: string) => String((await scene.read(of)).body['planDigest']);
    const url = `/admin/v1/erasure-requests/${id}/approval`;
    const post = (planDigest: string, assertion: object) =>
      scene.call(url, { method: 'POST', body: { planDigest, assertion }, token });
    const [own, foreign] = [await digestOf(id), await digestOf(other)];
    expect(await post(foreign, scene.sign(id, foreign, token))).toMatchObject(
      refused(409, 'ERASURE_PLAN_CHANGED'),
    );
    for (const assertion of [scene.sign(id, foreign, token), scene.sign(other, own, token)]) {
      expect(await post(own, assertion)).toMatchObject(refused(403, 'ASSERTION_INVALID'));
    }
    expect(await post(own, scene.sign(id, own, token))).toMatchObject({ status: 200 });
  });

  it.each([
    ['counts', true],
    ['does not count', false],
  ])('T28 is given once, by a passkey that %s', async (_, counts) => {
    const token = await scene.newOfficer();
    const authenticator = SoftwareAuthenticator.at(scene.origin, { counts });
    await scene.addPasskey(authenticator, token);
    scene.authenticators.set(token, authenticator);
    const id = await asked();
    const planDigest = String((await scene.read(id)).body['planDigest']);
    const body = { planDigest, assertion: scene.sign(id, planDigest, token) };
    const url = `/admin/v1/erasure-requests/${id}/approval`;
    const post = () => scene.call(url, { method: 'POST', body, token });
    expect(await post()).toMatchObject({ status: 200 });
    expect(await post()).toMatchObject(refused(409, 'ERASURE_APPROVAL_REPLAYED'));
    // the same day, the same plan: what was signed before is over it too
    await scene.steer(id, 'assess');
    expect((await scene.confirm(id)).status).toBe(200);
    expect((await scene.read(id)).body['planDigest']).toBe(planDigest);
    expect(await post()).toMatchObject(refused(409, 'ASSERTION_REPLAYED'));
    expect(await scene.approve(id, token)).toMatchObject({ status: 200 });
  });

  it('T28 is no good in two requests at once: one of two officers approves', async () => {
    const id = await asked();
    const token = await scene.newOfficer();
    scene.authenticators.set(token, await scene.givePasskey(token));
    const both = await Promise.all([scene.approve(id), scene.approve(id, token)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const { events } = (await scene.read(id)).body as { events: { action: string }[] };
    expect(events.filter(({ action }) => action === 'approve')).toHaveLength(1);
  });
});

/** What somebody who holds the API's process writes: through its own code and database login, past every check. */
async function forge(id: string, role: ApprovalRole, officer: Officer): Promise<void> {
  const changes = scene.api.get(ChangeErasure, { strict: false });
  const request = await changes.find(id as ErasureRequestId);
  const at = changes.now();
  const planDigest = request.plan?.digest ?? '';
  const signed = { ...assertionFrom(forgery(id, planDigest)), credentialId: officer.credentialId };
  const { staffId, person, publicKey } = officer;
  const approval = { staffId, person, planDigest, at };
  const action = role === 'approver' ? 'approve' : 'confirm';
  const signature = {
    ...approval,
    role,
    signed,
    publicKey,
    assertionDigest: assertionDigest(signed),
  };
  await changes.execute(request, { action, at, approval }, { actor: staffId, signature });
}

const forger = () => SoftwareAuthenticator.at(scene.origin);
const forgery = (id: string, planDigest: string, by = forger()) => {
  const challenge = approvalChallenge(id as ErasureRequestId, planDigest);
  return by.get({ challenge, rpId: scene.fixture.relyingParty.id });
};

/** Whether the eraser has taken the request up, once the worker is done with all before it. */
async function eraserTakesUp(id: string, subject: SubjectId): Promise<boolean> {
  await scene.driveUntil(id, 'extracted');
  await scene.fixture.eraser.destroyKeys.execute();
  const ledger = scene.fixture.stores.vault.open('audit');
  return (await ledger.query(isEntered, [subject])).length === 1;
}

describe('T28 the eraser', () => {
  it('T28 takes up what two officers signed', async () => {
    const shopper = await scene.newShopper();
    const id = await scene.askAndApprove(shopper.accountId);
    expect(await eraserTakesUp(id, shopper.subject)).toBe(true);
  });

  it.each<[ApprovalRole]>([['requester'], ['approver']])(
    'T28 refuses a %s whom the API made up with its own login',
    async (forgedRole) => {
      const shopper = await scene.newShopper();
      const id = String((await scene.ask(shopper.accountId)).body['id']);
      for (const [index, role] of (['requester', 'approver'] as const).entries()) {
        const token = scene.officers[index];
        if (role === forgedRole) await forge(id, role, await officerBehind(token));
        else await (role === 'requester' ? scene.confirm(id) : scene.approve(id));
      }
      expect(await eraserTakesUp(id, shopper.subject)).toBe(false);
      expect((await scene.read(id)).body).toMatchObject({ status: 'extracted', isErased: false });
    },
  );

  it('T28 refuses an officer to whom the API gave another passkey', async () => {
    const shopper = await scene.newShopper();
    const id = await scene.askAndConfirm(shopper.accountId);
    const officer = await officerBehind(scene.officers[1]);
    const stored = SoftwareAuthenticator.newStored();
    const made = SoftwareAuthenticator.publicHalfOf(stored);
    const passkey = [made.credentialId, officer.staffId, officer.person, made.publicKey];
    const none = [null, null, null, null];
    await expect(shop('api').execute(addPasskey, [...passkey, ...none])).rejects.toThrow(
      'passkey_first',
    );
    const vouching = [officer.credentialId, Buffer.alloc(37), Buffer.from('{}'), Buffer.alloc(70)];
    await shop('api').execute(addPasskey, [...passkey, ...vouching]);
    // to the API it is a passkey like any other
    const token = scene.officers[1] ?? '';
    const before = scene.authenticators.get(token);
    scene.authenticators.set(token, SoftwareAuthenticator.from(stored, scene.origin));
    expect(await scene.approve(id, token)).toMatchObject({ status: 200 });
    if (before !== undefined) scene.authenticators.set(token, before);
    expect(await eraserTakesUp(id, shopper.subject)).toBe(false);
  });

  it('T28 takes up what was signed by a further passkey for which the first one signed', async () => {
    const shopper = await scene.newShopper();
    const id = await scene.askAndConfirm(shopper.accountId);
    const token = await scene.newOfficer();
    const first = await scene.givePasskey(token);
    const further = SoftwareAuthenticator.at(scene.origin);
    const vouchless = await scene.addPasskey(further, token);
    expect(vouchless).toMatchObject(refused(403, 'APPROVAL_NEEDS_PASSKEY'));
    expect(await scene.addPasskey(further, token, first)).toMatchObject({ status: 201 });
    scene.authenticators.set(token, further);
    expect(await scene.approve(id, token)).toMatchObject({ status: 200 });
    expect(await eraserTakesUp(id, shopper.subject)).toBe(true);
  });

  it('T28 reads keys and signatures that nobody rewrites', async () => {
    await scene.askAndApprove((await scene.newShopper()).accountId);
    const rewrites = [
      ["UPDATE identity.passkey SET public_key = '\\x00'", 'stays what it was'],
      ["UPDATE privacy.erasure_approval SET signature = '\\x00'", 'are for ever'],
      ['DELETE FROM privacy.erasure_approval', 'are for ever'],
      ['TRUNCATE privacy.erasure_approval', 'are for ever'],
    ] as const;
    for (const [index, [text, refusal]] of rewrites.entries()) {
      const rewrite = statement(`spec.rewrite_${index}`, text);
      await expect(shop('api').execute(rewrite)).rejects.toThrow('permission denied');
      await expect(shop('superuser').execute(rewrite)).rejects.toThrow(refusal);
    }
  });
});

describe('T28 two officers', () => {
  afterEach(() => shop('superuser').execute(noActs));

  it.each(['created', 'reset', 'role-granted'])(
    'T28 are too close for 30 days after one %s the account of the other, either way',
    async (kind) => {
      const [first, second] = [
        await officerBehind(scene.officers[0]),
        await officerBehind(scene.officers[1]),
      ];
      for (const [to, by] of [
        [first.person, second.person],
        [second.person, first.person],
      ]) {
        await shop('superuser').execute(noActs);
        const id = await asked();
        await shop('superuser').execute(act, [to, by, kind, 29]);
        expect(await scene.approve(id)).toMatchObject(refused(403, 'APPROVER_TOO_CLOSE'));
        await shop('superuser').execute(noActs);
        await shop('superuser').execute(act, [to, by, kind, 31]);
        expect(await scene.approve(id)).toMatchObject({ status: 200 });
      }
    },
  );

  it('T28 are too close to somebody whose account one of them made', async () => {
    const colleague = await scene.newOfficer();
    await scene.givePasskey(colleague);
    const { staffId, person } = await officerBehind(colleague);
    const asking = await officerBehind(scene.officers[0]);
    const id = String((await scene.ask(staffId)).body['id']);
    await shop('superuser').execute(act, [person, asking.person, 'created', 1]);
    expect(await scene.confirm(id)).toMatchObject(refused(403, 'APPROVER_TOO_CLOSE'));
  });
});
