import type { AccountView, SessionView } from '@entrepot/contracts/api/identity';
import { SeedPeopleUseCase } from '@entrepot/identity';
import { ShopDatabase, statement, VaultDatabase } from '@entrepot/platform-database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { PeopleFixture } from './people-fixture.ts';

let fixture: PeopleFixture;
let api: NestFastifyApplication;
let second: NestFastifyApplication;
let number = 0;

const password = 'correct horse battery staple';
const staffPassword = 'staff horse battery staple';
const address = {
  recipient: 'Canary Recipient',
  line1: '1 Canary Road',
  city: 'Bangalore',
  postalCode: '560001',
  country: 'IN',
};

beforeAll(async () => {
  fixture = await PeopleFixture.start();
  [api, second] = [await fixture.startApi(), await fixture.startApi()];
  await fixture.seed({
    shoppers: [],
    staff: [
      {
        email: 'privacy@staff.example',
        password: staffPassword,
        fullName: 'Privacy Officer',
        roles: ['privacy-officer', 'support'],
      },
    ],
  });
});
afterAll(() => fixture.end());

interface Call {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly body?: object;
  readonly token?: string;
  readonly headers?: Record<string, string>;
  readonly on?: NestFastifyApplication;
}

async function call(url: string, { method = 'GET', body, token, headers, on = api }: Call = {}) {
  const answer = await on.inject({
    method,
    url,
    ...(body !== undefined && { payload: body }),
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
  });
  const text = answer.body;
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
  };
}
const atHome = { 'entrepot-residence': 'IN' };
const newEmail = () => `shopper${++number}@people.example`;

const register = (email: string, more: object = {}, on = api) =>
  call('/v1/accounts', {
    method: 'POST',
    body: { email, password, fullName: 'Asha Rao', ...more },
    headers: atHome,
    on,
  });
const signIn = (email: string, more: object = {}, on = api) =>
  call('/v1/sessions', {
    method: 'POST',
    body: { email, password, ...more },
    headers: atHome,
    on,
  });
async function newShopper() {
  const email = newEmail();
  const account = (await register(email)).body as unknown as AccountView;
  const session = (await signIn(email)).body as unknown as SessionView;
  return { email, account, token: session.accessToken, refreshToken: session.refreshToken ?? '' };
}
const refresh = (refreshToken: string, on = api) =>
  call('/v1/sessions/refresh', { method: 'POST', body: { refreshToken }, on });

describe('registering', () => {
  it('makes an account that its owner reads from any process', async () => {
    const { email, token, account } = await newShopper();
    expect(account).toMatchObject({ email, fullName: 'Asha Rao', residence: 'IN', language: 'en' });
    const me = await call('/v1/me', { token, on: second });
    expect(me.status).toBe(200);
    expect(me.body).toEqual(account);
  });

  it('answers a retry with the same password like the first, and another one with 409', async () => {
    const email = newEmail();
    const first = await register(email);
    const retried = await register(email.toUpperCase(), {}, second);
    expect(retried.status).toBe(201);
    expect(retried.body).toEqual(first.body);
    const stranger = await register(email, { password: 'another long password' });
    expect(stranger).toMatchObject({ status: 409, body: { code: 'ACCOUNT_EXISTS' } });
  });

  it('makes one account when one address is registered by both processes at once', async () => {
    const email = newEmail();
    const answers = await Promise.all(
      [api, second, api, second].map((on) => register(email, {}, on)),
    );
    expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map((answer) => answer.body['id'])).size).toBe(1);
  });

  it('resumes where a crash left it: the key reserved, the account written, not yet active', async () => {
    const email = newEmail();
    const first = await register(email);
    const back = statement(
      'spec.back_to_reserved',
      `UPDATE vault.subject_key SET state = 'reserved', activated_at = NULL
       WHERE activated_at = (SELECT max(activated_at) FROM vault.subject_key)`,
    );
    const owner = fixture.stores.vault.open('owner');
    await owner.execute(
      statement('spec.guards_off', 'ALTER TABLE vault.subject_key DISABLE TRIGGER USER'),
    );
    await owner.execute(back);
    await owner.execute(
      statement('spec.guards_on', 'ALTER TABLE vault.subject_key ENABLE TRIGGER USER'),
    );
    expect((await signIn(email)).status).toBe(201);
    expect((await register(email)).body).toEqual(first.body);
  });

  it('keeps no personal value readable in either database', async () => {
    const { token } = await newShopper();
    await call('/v1/me/addresses', { method: 'POST', body: address, token });
    const shop = statement(
      'spec.shop_text',
      `SELECT t::text AS "text" FROM identity.account t UNION ALL SELECT t::text FROM identity.address t
       UNION ALL SELECT t::text FROM identity.session t`,
    );
    const rows = await fixture.stores.shop.open('owner').query<{ text: string }>(shop);
    expect(rows.length).toBeGreaterThan(3);
    for (const { text } of rows) expect(text).not.toMatch(/people\.example|Asha|Canary|\$argon2/);
  });

  it.each([
    ['no residence', {}, 400, 'RESIDENCE_REQUIRED'],
    ['another cell', { 'entrepot-residence': 'DE' }, 421, 'HOME_CELL_ELSEWHERE'],
    ['a country nobody serves', { 'entrepot-residence': 'US' }, 404, 'COUNTRY_NOT_SERVED'],
  ])('is refused with %s before anything is read', async (_, headers, status, code) => {
    const before = api.get(ShopDatabase).statementsSent + api.get(VaultDatabase).statementsSent;
    const answer = await call('/v1/accounts', {
      method: 'POST',
      body: { email: newEmail(), password, fullName: 'x' },
      headers,
    });
    expect(answer).toMatchObject({ status, body: { code } });
    // The fence watch reads on its own; no statement of a registration may be among them.
    const after = api.get(ShopDatabase).statementsSent + api.get(VaultDatabase).statementsSent;
    expect(after - before).toBeLessThanOrEqual(2);
  });

  it.each([
    ['an unknown field', { home: 'eu-1' }],
    ['a role', { role: 'operator' }],
    ['a state', { status: 'active' }],
    ['a subject', { subjectId: 'sub_x' }],
    ['no e-mail address', { email: 'nobody' }],
    ['a short password', { password: 'short' }],
    ['an empty name', { fullName: ' ' }],
  ])('is refused with %s', async (_, more) => {
    expect(await register(newEmail(), more)).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_FAILED' },
    });
  });
});

describe('signing in', () => {
  it('answers an unknown address like a wrong password, with the public list of homes', async () => {
    const { email } = await newShopper();
    const wrong = await signIn(email, { password: 'not the password' });
    const unknown = await signIn(newEmail());
    expect(wrong.status).toBe(401);
    const withoutTrace = ({ body }: typeof wrong) => ({ ...body, traceId: '' });
    expect(withoutTrace(unknown)).toEqual(withoutTrace(wrong));
    expect(wrong.body['homes']).toEqual([
      expect.objectContaining({ cell: 'in-1', countries: ['IN'] }),
      expect.objectContaining({ cell: 'eu-1' }),
    ]);
  });

  it('sends the same statements for an unknown address as for a wrong password', async () => {
    const { email } = await newShopper();
    const statementsOf = async (login: string) => {
      const names: string[] = [];
      const stops = [api.get(ShopDatabase), api.get(VaultDatabase)].map((database) =>
        database.observe((name) => void names.push(name)),
      );
      await signIn(login, { password: 'not the password' });
      for (const stop of stops) stop();
      return names.filter((name) => !name.startsWith('vault.fence'));
    };
    const known = await statementsOf(email);
    expect(known).toEqual(['vault.find_by_login', 'identity.find_account']);
    expect(await statementsOf(newEmail())).toEqual(known);
  });

  it('does not take a shopper for staff or staff for a shopper', async () => {
    const { email } = await newShopper();
    const asStaff = await call('/admin/v1/sessions', { method: 'POST', body: { email, password } });
    expect(asStaff.status).toBe(401);
    const asShopper = await signIn('privacy@staff.example', { password: staffPassword });
    expect(asShopper.status).toBe(401);
  });

  it('stops guesses at one login, by whatever door they come', async () => {
    const strict = await fixture.startApi({ limitFactor: 1 });
    const { email } = await newShopper();
    const statuses: number[] = [];
    const body = { email, password: 'a guess of mine', fullName: 'Somebody Else' };
    const signUp = { method: 'POST' as const, body, headers: atHome, on: strict };
    for (let guess = 0; guess < 6; guess += 1) {
      statuses.push((await signIn(email, { password: 'a guess' }, strict)).status);
      statuses.push((await call('/v1/accounts', signUp)).status);
    }
    expect(statuses).toEqual([...Array<number[]>(5).fill([401, 409]).flat(), 429, 429]);
    const answer = await signIn(email, {}, strict);
    expect(answer).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });
});

describe('sessions', () => {
  it('are renewed by a refresh token that is good once', async () => {
    const { refreshToken } = await newShopper();
    const renewed = await refresh(refreshToken, second);
    expect(renewed.status).toBe(200);
    const { accessToken } = renewed.body as unknown as SessionView;
    expect((await call('/v1/me', { token: accessToken })).status).toBe(200);
  });

  it('end for everyone when an older refresh token is used again', async () => {
    const { refreshToken, token } = await newShopper();
    const renewed = (await refresh(refreshToken)).body as unknown as SessionView;
    expect((await refresh(refreshToken)).status).toBe(401);
    expect((await refresh(renewed.refreshToken ?? '')).status).toBe(401);
    for (const stolen of [token, renewed.accessToken]) {
      expect((await call('/v1/me', { token: stolen })).status).toBe(401);
    }
  });

  it('give one winner when one refresh token is used twice at once', async () => {
    const { refreshToken } = await newShopper();
    const answers = await Promise.all([api, second].map((on) => refresh(refreshToken, on)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 401]);
  });

  it('end with sign-out, at once and in every process', async () => {
    const { token, refreshToken } = await newShopper();
    expect((await call('/v1/sessions/current', { method: 'DELETE', token })).status).toBe(204);
    expect((await call('/v1/me', { token, on: second })).status).toBe(401);
    expect((await refresh(refreshToken)).status).toBe(401);
  });

  it('are sent home by the cell in the refresh token', async () => {
    const { refreshToken } = await newShopper();
    const foreign = refreshToken.replace('in-1', 'eu-1');
    expect(await refresh(foreign)).toMatchObject({
      status: 421,
      body: { code: 'HOME_CELL_ELSEWHERE', home: { cell: 'eu-1' } },
    });
  });

  it('keep the refresh token from scripts when a page of the cell asks for a cookie', async () => {
    const { email } = await newShopper();
    const { origin } = fixture.cells.directory.get(fixture.cell);
    const post = (url: string, body: object, headers: Record<string, string>) =>
      call(url, { method: 'POST', body, headers: { ...atHome, ...headers } });
    const body = { email, password, refreshTokenIn: 'cookie' };
    const signedIn = await post('/v1/sessions', body, { origin });
    expect(signedIn.body).not.toHaveProperty('refreshToken');
    const cookie = String(signedIn.headers['set-cookie']);
    expect(cookie).toMatch(
      /^__Host-[^;]+; Path=\/; Max-Age=\d+; Secure; HttpOnly; SameSite=Strict$/,
    );
    const sent = { cookie: cookie.split(';')[0] ?? '' };
    for (const wrong of [{}, { origin: 'http://eu-1.localhost:8081' }, { origin: 'null' }]) {
      expect(await post('/v1/sessions/refresh', {}, { ...sent, ...wrong })).toMatchObject({
        status: 403,
        body: { code: 'ORIGIN_NOT_ALLOWED' },
      });
    }
    const renewed = await post('/v1/sessions/refresh', {}, { ...sent, origin });
    expect(renewed.status).toBe(200);
    expect(renewed.headers['set-cookie']).toBeDefined();
    expect((await post('/v1/sessions', body, {})).status).toBe(403);
  });
});

describe('staff', () => {
  const staffToken = async () => {
    const answer = await call('/admin/v1/sessions', {
      method: 'POST',
      body: { email: 'privacy@staff.example', password: staffPassword },
    });
    return (answer.body as unknown as SessionView).accessToken;
  };

  it('sign in and read who they are and which roles they hold', async () => {
    const me = await call('/admin/v1/me', { token: await staffToken() });
    expect(me).toMatchObject({
      status: 200,
      body: { email: 'privacy@staff.example', roles: ['privacy-officer', 'support'] },
    });
  });

  it("are refused a shopper's endpoint, and shoppers theirs", async () => {
    const { token } = await newShopper();
    expect((await call('/v1/me', { token: await staffToken() })).status).toBe(401);
    expect((await call('/admin/v1/me', { token })).status).toBe(401);
  });

  it('are seeded once, however often, and never in production', async () => {
    const people = {
      shoppers: [],
      staff: [{ email: 'privacy@staff.example', password: 'x', fullName: 'x', roles: [] }],
    };
    await fixture.seed(people);
    expect((await call('/admin/v1/me', { token: await staffToken() })).body['fullName']).toBe(
      'Privacy Officer',
    );
    await expect(
      fixture.worker.get(SeedPeopleUseCase).execute('production', people),
    ).rejects.toThrow('production');
  });
});

describe('me', () => {
  it('changes what is given and leaves the rest', async () => {
    const { token, account } = await newShopper();
    const change = { method: 'PATCH', body: { language: 'hi' }, token } as const;
    const changed = await call('/v1/me', change);
    expect(changed.body).toEqual({ ...account, language: 'hi' });
    expect((await call('/v1/me', { ...change, body: {} })).status).toBe(400);
    expect((await call('/v1/me', { ...change, body: { residence: 'DE' } })).status).toBe(400);
  });

  it('keeps addresses: add, list, change, remove', async () => {
    const { token } = await newShopper();
    const added = await call('/v1/me/addresses', { method: 'POST', body: address, token });
    expect(added).toMatchObject({ status: 201, body: address });
    const url = `/v1/me/addresses/${String(added.body['id'])}`;
    const moved = { ...address, city: 'Mysore' };
    expect((await call(url, { method: 'PUT', body: moved, token })).body).toMatchObject(moved);
    const listed = await call('/v1/me/addresses', { token });
    expect(listed.body['addresses']).toEqual([{ ...moved, id: added.body['id'] }]);
    expect((await call(url, { method: 'DELETE', token })).status).toBe(204);
    expect((await call(url, { method: 'DELETE', token })).status).toBe(404);
  });

  it("answers 404 for somebody else's address", async () => {
    const [owner, stranger] = [await newShopper(), await newShopper()];
    const added = await call('/v1/me/addresses', {
      method: 'POST',
      body: address,
      token: owner.token,
    });
    const url = `/v1/me/addresses/${String(added.body['id'])}`;
    const { token } = stranger;
    expect((await call(url, { method: 'PUT', body: address, token })).status).toBe(404);
    expect((await call(url, { method: 'DELETE', token })).status).toBe(404);
    const listed = await call('/v1/me/addresses', { token: owner.token });
    expect(listed.body['addresses']).toHaveLength(1);
  });

  it("stores nothing of an address outside the cell's countries", async () => {
    const { token } = await newShopper();
    const german = { ...address, country: 'DE' };
    const answer = await call('/v1/me/addresses', { method: 'POST', body: german, token });
    expect(answer).toMatchObject({ status: 422, body: { code: 'DELIVERY_COUNTRY_NOT_SERVED' } });
    expect((await call('/v1/me/addresses', { token })).body['addresses']).toEqual([]);
  });

  it('holds no more addresses than allowed, also when they come at once', async () => {
    const { token } = await newShopper();
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, at) =>
        call('/v1/me/addresses', {
          method: 'POST',
          body: address,
          token,
          on: at % 2 === 0 ? api : second,
        }),
      ),
    );
    const listed = await call('/v1/me/addresses', { token });
    expect(listed.body['addresses']).toHaveLength(20);
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(20);
    expect(answers.filter((answer) => answer.status === 409)).toHaveLength(4);
  });
});

describe('a fenced shopper', () => {
  it('is signed out everywhere, cannot sign in, and no write about them succeeds', async () => {
    const { email, token, refreshToken } = await newShopper();
    const [row] = await api
      .get(ShopDatabase)
      .query<{ subject: string }>(
        statement(
          'spec.last_account',
          'SELECT subject_id AS "subject" FROM identity.account ORDER BY created_at DESC LIMIT 1',
        ),
      );
    const vaultFence = statement('spec.vault_fence', "SELECT vault.fence_subject($1, 'erasure')");
    await fixture.worker.get(VaultDatabase).query(vaultFence, [row?.subject]);
    const shopFence = statement('spec.shop_fence', 'SELECT privacy.fence_subject($1)');
    await fixture.worker.get(ShopDatabase).query(shopFence, [row?.subject]);
    for (const on of [api, second]) {
      expect((await call('/v1/me', { token, on })).status).toBe(401);
      expect((await refresh(refreshToken, on)).status).toBe(401);
      expect((await signIn(email, {}, on)).status).toBe(401);
    }
  });
});
