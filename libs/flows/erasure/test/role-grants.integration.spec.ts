import { statement } from '@entrepot/platform-database';
import { SoftwareAuthenticator } from '@entrepot/platform-webauthn/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ErasureScene } from './erasure-scene.ts';

let scene: ErasureScene;
/** Two operators with a passkey each, and somebody who gets a role. */
let operators: string[];
let other: string;
beforeAll(async () => {
  scene = await ErasureScene.open();
  operators = [await scene.newOfficer('operator'), await scene.newOfficer('operator')];
  for (const token of operators) {
    scene.authenticators.set(token, await scene.givePasskey(token));
  }
});
beforeEach(async () => {
  other = await scene.newOfficer('support');
});
afterAll(() => scene.end());

const me = async (token: string) =>
  (await scene.call('/admin/v1/me', { token })).body as { id: string; roles: string[] };
const propose = async (to: string, token = operators[0]) =>
  scene.call(`/admin/v1/staff/${(await me(to)).id}/role-grants`, {
    ...{ method: 'POST', body: { grants: 'privacy-officer' }, token },
  });
const options = (id: string, token: string) =>
  scene.call(`/admin/v1/role-grants/${id}/confirmation/options`, { method: 'POST', token });
const confirm = (id: string, token: string, assertion: object) =>
  scene.call(`/admin/v1/role-grants/${id}/confirmation`, {
    ...{ method: 'POST', body: { assertion }, token },
  });

async function signed(id: string, token: string): Promise<object> {
  const { body } = await options(id, token);
  const assertion = scene.authenticators.get(token)?.get(body as never);
  if (assertion === undefined) throw new Error('this operator has no passkey');
  return assertion;
}

describe('T28 a role', () => {
  const needsAnother = { status: 403, body: { code: 'ROLE_GRANT_NEEDS_ANOTHER_PERSON' } };

  it('T28 is held once a second operator has signed, and not before', async () => {
    const [, second = ''] = operators;
    const { body } = await propose(other);
    const id = String(body['id']);
    expect(body).toMatchObject({ grants: 'privacy-officer', isConfirmed: false });
    expect(await propose(other)).toMatchObject({ status: 409, body: { code: 'ROLE_GRANT_OPEN' } });
    expect((await me(other)).roles).toEqual(['support']);
    const confirmed = await confirm(id, second, await signed(id, second));
    expect(confirmed).toMatchObject({ status: 200, body: { isConfirmed: true } });
    expect((await me(other)).roles).toEqual(['privacy-officer', 'support']);
    expect((await options(id, second)).status).toBe(404);
  });

  it('T28 needs three persons', async () => {
    const [first = '', second = ''] = operators;
    expect(await propose(first)).toMatchObject(needsAnother);
    const id = String((await propose(other)).body['id']);
    expect(await options(id, first)).toMatchObject(needsAnother);
    const own = String((await propose(second)).body['id']);
    expect(await options(own, second)).toMatchObject(needsAnother);
    expect((await propose(other, other)).status).toBe(403);
  });

  it('T28 is granted by an assertion for this grant', async () => {
    const [, second = ''] = operators;
    const [id, foreign] = [
      String((await propose(other)).body['id']),
      String((await propose(await scene.newOfficer('support'))).body['id']),
    ];
    const invalid = { status: 403, body: { code: 'ASSERTION_INVALID' } };
    expect(await confirm(id, second, await signed(foreign, second))).toMatchObject(invalid);
    const forger = SoftwareAuthenticator.at(scene.origin);
    const forged = forger.get((await options(id, second)).body as never);
    expect(await confirm(id, second, forged)).toMatchObject(invalid);
    expect((await me(other)).roles).toEqual(['support']);
  });

  it('T28 is not written by the login of the API, and keeps the two apart who gave it', async () => {
    const [first = '', second = ''] = operators;
    const { id: staffId } = await me(other);
    const api = scene.fixture.stores.shop.open('api');
    await expect(api.execute(writeRole, [staffId])).rejects.toThrow('permission denied');
    const id = String((await propose(other)).body['id']);
    await confirm(id, second, await signed(id, second));
    scene.authenticators.set(other, await scene.givePasskey(other));
    const about = (await me(first)).id;
    const request = String((await scene.ask(about)).body['id']);
    await scene.confirm(request);
    // the one who is to be forgotten gave the role to the one who approves
    expect(await scene.approve(request, other)).toMatchObject({
      status: 403,
      body: { code: 'APPROVER_TOO_CLOSE' },
    });
  });
});

const writeRole = statement(
  'spec.write_role',
  `INSERT INTO identity.staff_role (staff_id, role) VALUES ($1, 'privacy-officer')`,
);
