import { accessRuleOf, servesRestricted } from '@entrepot/platform-http';
import { statement } from '@entrepot/platform-database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/internal';
import { ModulesContainer } from '@nestjs/core';
import { ErasureScene, password } from './erasure-scene.ts';
import type { Shopper } from './erasure-scene.ts';

const restricted = { status: 403, body: { code: 'ACCOUNT_RESTRICTED' } };
const address = {
  ...{ recipient: 'Canary', line1: '1 Street', city: 'Pune', postalCode: '411001', country: 'IN' },
};
const subjectOf = statement(
  'spec.restricted_subject',
  `SELECT status, restricted_for_erasure_at IS NOT NULL AS "forErasure", restricted_by AS "by"
   FROM privacy.subject WHERE subject_id = $1`,
);
const insertAddress = statement(
  'spec.restricted_address',
  `INSERT INTO identity.address (address_id, subject_id, content)
   VALUES ('adr_in-1_00000000000000000000000000', $1, 'v1|x')`,
);
const renameAccount = statement(
  'spec.restricted_rename',
  `UPDATE identity.account SET full_name = 'v1|other' WHERE subject_id = $1`,
);

let scene: ErasureScene;
/** A worker that lets the officers think for an hour. */
let patient: INestApplicationContext;
beforeAll(async () => {
  scene = await ErasureScene.open();
  scene.fixture.coolingOffHours = 1;
  patient = await scene.fixture.startWorker();
});
afterAll(() => scene.end());

interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly handler: string;
  readonly isForShoppers: boolean;
  readonly servesRestricted: boolean;
}

/** Every route of the process, from what the framework serves by. */
function routes(): Route[] {
  const modules = [...scene.api.get(ModulesContainer).values()];
  const classes = modules.flatMap(({ controllers }) =>
    [...controllers.values()].flatMap(({ metatype }) =>
      typeof metatype === 'function' ? [metatype] : [],
    ),
  );
  return classes.flatMap(routesOf);
}

function routesOf(controller: { readonly name: string; readonly prototype: object }): Route[] {
  const prefix = String(Reflect.getMetadata(PATH_METADATA, controller));
  const methods = Object.entries(Object.getOwnPropertyDescriptors(controller.prototype));
  return methods.flatMap(([name, { value }]) => {
    const handler: unknown = value;
    if (typeof handler !== 'function' || !Reflect.hasMetadata(METHOD_METADATA, handler)) return [];
    const path = `/${prefix}/${String(Reflect.getMetadata(PATH_METADATA, handler))}`;
    const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod;
    const route: Route = {
      method: RequestMethod[method] as Route['method'],
      url: path.replaceAll(/\/+/g, '/').replace(/\/$/, '').replaceAll(/:\w+/g, 'x'),
      handler: `${controller.name}.${name}`,
      isForShoppers: accessRuleOf(handler)?.kind !== 'staff',
      servesRestricted: servesRestricted(handler),
    };
    return [route];
  });
}

const statusOf = async ({ subject }: Shopper) =>
  (await scene.fixture.stores.shop.open('superuser').query<object>(subjectOf, [subject]))[0];

async function coolingOff(shopper: Shopper): Promise<string> {
  const id = await scene.askAndApprove(shopper.accountId);
  await scene.work(patient);
  expect((await scene.read(id)).body).toMatchObject({ status: 'cooling_off' });
  return id;
}

const restriction = (shopper: Shopper, method: 'POST' | 'DELETE') =>
  scene.call(`/admin/v1/accounts/${shopper.accountId}/restriction`, {
    ...{ method, token: scene.officers[0] },
  });

describe('T42 while an erasure cools off', () => {
  it('T42 every route refuses the person but those of their requests and the way out', async () => {
    const shopper = await scene.newShopper();
    await coolingOff(shopper);
    const table = routes();
    const served: string[] = [];
    const refusals = new Map<string, unknown>();
    for (const { method, url, handler, ...route } of table) {
      if (!route.isForShoppers) continue;
      if (route.servesRestricted) served.push(handler);
      else refusals.set(handler, await scene.call(url, { method, token: shopper.token }));
    }
    expect(refusals.size).toBeGreaterThan(8);
    for (const [handler, answer] of refusals) {
      expect({ handler, ...(answer as object) }).toMatchObject({ handler, ...restricted });
    }
    expect(served.toSorted()).toEqual([
      ...['OwnErasureController.ask', 'OwnErasureController.list'],
      ...['OwnErasureController.withdraw', 'SessionsController.end'],
    ]);
    expect(await scene.call('/v1/me/erasure-requests', { token: shopper.token })).toMatchObject({
      body: { erasureRequests: [{ state: 'under_way', isWithdrawable: true }] },
    });
  });

  it('T42 nobody signs in, and nothing new is written about the person', async () => {
    const shopper = await scene.newShopper();
    await coolingOff(shopper);
    const credentials = { email: shopper.email, password };
    const signIn = { method: 'POST', body: credentials } as const;
    expect(await scene.call('/v1/sessions', signIn)).toMatchObject(restricted);
    const wrong = { method: 'POST', body: { ...credentials, password: 'wrong' } } as const;
    expect((await scene.call('/v1/sessions', wrong)).status).toBe(401);
    const database = scene.fixture.stores.shop.open('api');
    for (const write of [insertAddress, renameAccount]) {
      await expect(database.execute(write, [shopper.subject])).rejects.toMatchObject({
        code: 'PR003',
      });
    }
  });

  it('T42 lets the person out, and is as before', async () => {
    const shopper = await scene.newShopper();
    const id = await coolingOff(shopper);
    const url = `/v1/me/erasure-requests/${id}`;
    expect(await scene.call(url, { method: 'DELETE', token: shopper.token })).toMatchObject({
      status: 200,
    });
    expect(await statusOf(shopper)).toMatchObject({ status: 'active' });
    const { token } = shopper;
    expect((await scene.call('/v1/me', { token })).status).toBe(200);
    const body = address;
    const added = await scene.call('/v1/me/addresses', { method: 'POST', body, token });
    expect(added.status).toBe(201);
    expect(await scene.signIn('/v1/sessions', shopper.email)).not.toBe('undefined');
  });

  it('T42 ends where the plan goes back to the officers, and goes on where they hold it', async () => {
    const shopper = await scene.newShopper();
    const id = await coolingOff(shopper);
    await scene.steer(id, 'hold');
    expect(await statusOf(shopper)).toMatchObject({ status: 'restricted' });
    await scene.steer(id, 'release');
    await scene.steer(id, 'assess');
    expect(await statusOf(shopper)).toMatchObject({ status: 'active' });
  });
});

describe('T42 an officer', () => {
  it('T42 restricts somebody and lifts it, whatever an erasure does', async () => {
    const shopper = await scene.newShopper();
    expect((await restriction(shopper, 'POST')).status).toBe(200);
    expect((await restriction(shopper, 'POST')).status).toBe(200);
    expect(await scene.call('/v1/me', { token: shopper.token })).toMatchObject(restricted);
    const id = await coolingOff(shopper);
    await scene.steer(id, 'withdraw');
    expect(await statusOf(shopper)).toMatchObject({ status: 'restricted', forErasure: false });
    expect((await restriction(shopper, 'DELETE')).status).toBe(200);
    expect(await statusOf(shopper)).toEqual({ status: 'active', forErasure: false, by: null });
    expect((await scene.call('/v1/me', { token: shopper.token })).status).toBe(200);
  });

  it('T42 restricts nobody who is erased', async () => {
    const shopper = await scene.newShopper();
    await scene.eraseAllButTheBytes(await scene.askAndApprove(shopper.accountId));
    expect((await restriction(shopper, 'POST')).status).toBe(404);
  });
});
