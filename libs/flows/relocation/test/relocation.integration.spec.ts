import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { packetCharactersMax } from '@entrepot/contracts/api/relocation';
import { newCellId } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { FieldCipher } from '@entrepot/platform-crypto';
import { statement } from '@entrepot/platform-database';
import { randomUUID } from 'node:crypto';
import { RelocationPersonalData } from '../src/index.ts';
import { RelocationFixture } from './relocation-fixture.ts';
import type { Home } from './relocation-fixture.ts';

const password = 'correct horse battery staple';
const own = '/v1/me/relocations';

const ageSessions = statement(
  'spec.age_sessions',
  `UPDATE identity.session SET started_at = started_at - interval '6 minutes' WHERE subject_id = $1`,
);
const subjectOf = statement(
  'spec.subject_of_account',
  'SELECT subject_id AS "subject" FROM identity.account WHERE account_id = $1',
);
const marks = statement(
  'spec.marks',
  'SELECT packet_id AS "id", from_cell AS "from" FROM relocation.arrival WHERE packet_id = $1',
);
const accountsHere = statement(
  'spec.accounts_here',
  'SELECT count(*)::int AS "accounts" FROM identity.account',
);
const words = statement(
  'spec.words',
  `SELECT to_jsonb(d)::text AS "words" FROM relocation.departure d WHERE relocation_id = $1
   UNION ALL SELECT to_jsonb(a)::text FROM relocation.arrival a WHERE packet_id = $1`,
);
const reopen = statement(
  'spec.reopen',
  `UPDATE relocation.departure SET status = 'issued' WHERE relocation_id = $1`,
);
const redirect = statement(
  'spec.redirect',
  `UPDATE relocation.departure SET to_cell = 'eu-2' WHERE relocation_id = $1`,
);
const completeAlone = statement(
  'spec.complete_alone',
  `UPDATE relocation.departure SET status = 'completed', completed_at = now() WHERE relocation_id = $1`,
);
const secondOpen = statement(
  'spec.second_open',
  `INSERT INTO relocation.departure (relocation_id, subject_id, to_cell, issued_at, expires_at)
   SELECT 'rel_in-1_' || repeat('a', 26), subject_id, to_cell, issued_at, expires_at
   FROM relocation.departure WHERE relocation_id = $1`,
);
const changeMark = statement(
  'spec.change_mark',
  `UPDATE relocation.arrival SET from_cell = 'in-2' WHERE packet_id = $1`,
);
const insertAddress = statement(
  'spec.insert_address',
  'INSERT INTO identity.address (address_id, subject_id, content) VALUES ($1, $2, $3)',
);
const departuresOf = statement(
  'spec.departures_of',
  'SELECT status FROM relocation.departure WHERE subject_id = $1 ORDER BY issued_at',
);

const inHamburg = {
  ...{ recipient: 'Asha Rao', line1: '1 Hafenweg', city: 'Hamburg', postalCode: '20095' },
  country: 'DE',
};

interface Mover {
  readonly email: string;
  readonly token: string;
  readonly subject: string;
}

let fixture: RelocationFixture;
let old: Home;
let next: Home;
beforeAll(async () => {
  const started = await RelocationFixture.start();
  ({ fixture, old } = started);
  next = started.new;
});
afterAll(() => fixture.end());

async function newMover(home: Home = old): Promise<Mover> {
  const email = `${randomUUID()}@people.example`;
  const account = await home.post('/v1/accounts', { email, password, fullName: 'Asha Rao' });
  const [row] = await home.superuser().query<{ subject: string }>(subjectOf, [account.body['id']]);
  if (row === undefined) throw new Error(`no account: ${JSON.stringify(account.body)}`);
  const session = await home.post('/v1/sessions', { email, password });
  return { email, ...row, token: String(session.body['accessToken']) };
}

/** An address from when the old home still served that country: by now it would take none there. */
async function keepFromEarlier({ subject }: Mover, address: object): Promise<void> {
  const id = newCellId('address', old.cell);
  const place = { table: 'identity.address', rowId: id, subject: subject as SubjectId };
  const cipher = old.api.get(FieldCipher, { strict: false });
  const { content } = await cipher.encrypt(place, { content: JSON.stringify(address) });
  await old.superuser().execute(insertAddress, [id, subject, content]);
}

const begin = ({ token }: Mover, body: object = { country: 'DE' }) =>
  old.post(own, body, { token });
const arrive = (packet: unknown, more: { password?: string; residence?: string } = {}) =>
  next.post(
    '/v1/relocations',
    { packet, password: more.password ?? password },
    { residence: more.residence ?? 'DE' },
  );
const complete = ({ token }: Mover, id: unknown, receipt: unknown) =>
  old.post(`${own}/${String(id)}/completion`, { receipt }, { token });

describe('A shopper who moves', () => {
  it('finds name, address and the book’s entries of the new home there, and is forgotten where they were', async () => {
    const mover = await newMover();
    const inIndia = { ...inHamburg, country: 'IN', city: 'Mysore', postalCode: '570001' };
    await old.post('/v1/me/addresses', inIndia, { token: mover.token });
    await keepFromEarlier(mover, inHamburg);
    const begun = await begin(mover);
    expect(begun).toMatchObject({
      status: 201,
      body: {
        state: 'issued',
        home: { cell: 'eu-1', origin: fixture.cells.directory.get(next.cell).origin },
        ...{ completedAt: null, erasureRequestId: null },
      },
    });
    expect(begun.headers['cache-control']).toBe('no-store');

    const arrived = await arrive(begun.body['packet']);
    expect(arrived).toMatchObject({
      status: 201,
      body: {
        account: { email: mover.email, fullName: 'Asha Rao', residence: 'DE', language: 'en' },
      },
    });
    const account = arrived.body['account'] as { id: string };
    expect(account.id).toMatch(/^acc_eu-1_/);
    expect(String(arrived.body['receipt'])).not.toContain(account.id);
    const session = await next.post('/v1/sessions', { email: mover.email, password });
    const token = String(session.body['accessToken']);
    const { addresses } = (await next.call('/v1/me/addresses', { token })).body;
    expect(addresses).toMatchObject([inHamburg]);
    expect(addresses).toHaveLength(1);

    const { id } = begun.body;
    const ended = await complete(mover, id, arrived.body['receipt']);
    expect(ended).toMatchObject({ status: 200, body: { id, state: 'completed' } });
    expect(ended.body['erasureRequestId']).toMatch(/^ers_in-1_/);
    expect(old.forgotten.filter((of) => of === mover.subject)).toHaveLength(1);
    expect(ended.body['copy']).toMatchObject({ passphrase: 'shown once' });
    const repeated = await complete(mover, id, arrived.body['receipt']);
    expect(repeated.body).toEqual({ ...ended.body, copy: null });
    expect(old.forgotten.filter((of) => of === mover.subject)).toHaveLength(1);
    const read = await old.call(`${own}/${String(id)}`, { token: mover.token });
    expect(read).toMatchObject({ status: 200, body: { state: 'completed' } });
  });

  it('leaves nothing in either database but between which cells and when', async () => {
    const mover = await newMover();
    const begun = await begin(mover);
    const arrived = await arrive(begun.body['packet']);
    expect(arrived.status).toBe(201);
    for (const home of [old, next]) {
      const [row] = await home.superuser().query<{ words: string }>(words, [begun.body['id']]);
      expect(row?.words).toContain(String(begun.body['id']));
      expect(row?.words).not.toMatch(/asha|people\.example/i);
      expect(row?.words).not.toContain(String(begun.body['packet']).slice(0, 40));
    }
    const [mark] = await next.superuser().query(marks, [begun.body['id']]);
    expect(mark).toEqual({ id: begun.body['id'], from: 'in-1' });
  });

  it('has signed in just now, or gives the password again, at both calls', async () => {
    const mover = await newMover();
    const refused = { status: 403, body: { code: 'REAUTHENTICATION_REQUIRED' } };
    await old.superuser().execute(ageSessions, [mover.subject]);
    expect(await begin(mover)).toMatchObject(refused);
    expect(await begin(mover, { country: 'DE', password: 'another one' })).toMatchObject(refused);
    const begun = await begin(mover, { country: 'DE', password });
    expect(begun.status).toBe(201);
    const arrived = await arrive(begun.body['packet']);
    expect(await complete(mover, begun.body['id'], arrived.body['receipt'])).toMatchObject(refused);
    const { receipt } = arrived.body;
    const url = `${own}/${String(begun.body['id'])}/completion`;
    const again = await old.post(url, { receipt, password }, { token: mover.token });
    expect(again.status).toBe(200);
  });

  it.each([
    ['IN', 422, 'RELOCATION_AT_HOME'],
    ['GB', 404, 'COUNTRY_NOT_SERVED'],
    ['Germany', 400, 'VALIDATION_FAILED'],
  ])('to %s is refused', async (country, status, code) => {
    const mover = await newMover();
    expect(await begin(mover, { country })).toMatchObject({ status, body: { code } });
  });

  it('says nothing of cell, home or role', async () => {
    const mover = await newMover();
    for (const name of ['to', 'home', 'cell', 'role', 'state', 'subject']) {
      const answer = await begin(mover, { country: 'DE', [name]: 'eu-1' });
      expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    }
  });

  it('whose address has an account there with another password is refused as at a sign-up, and keeps the packet', async () => {
    const mover = await newMover();
    const taken = { email: mover.email, password: `${password}!`, fullName: 'Asha Rao' };
    expect((await next.post('/v1/accounts', taken)).status).toBe(201);
    const begun = await begin(mover);
    const refused = { status: 409, body: { code: 'ACCOUNT_EXISTS' } };
    expect(await arrive(begun.body['packet'])).toMatchObject(refused);
    const known = await arrive(begun.body['packet'], { password: `${password}!` });
    expect(known.status).toBe(201);
    expect((await arrive(begun.body['packet'])).body['code']).toBe('RELOCATION_PACKET_USED');
  });

  it('is sent to the cell of their residence before the packet is read', async () => {
    const mover = await newMover();
    const begun = await begin(mover);
    expect(await arrive(begun.body['packet'], { residence: 'IN' })).toMatchObject({
      ...{ status: 421, body: { code: 'HOME_CELL_ELSEWHERE' } },
    });
    expect(await arrive(begun.body['packet'], { residence: 'FR' })).toMatchObject({
      ...{ status: 422, body: { code: 'RESIDENCE_DIFFERS' } },
    });
    expect((await arrive(begun.body['packet'])).status).toBe(201);
  });
});

describe('A packet', () => {
  it('makes one account, also where it comes five times at once', async () => {
    const mover = await newMover();
    const { packet } = (await begin(mover)).body;
    const before = await next.superuser().query<{ accounts: number }>(accountsHere);
    const answers = await Promise.all(Array.from({ length: 5 }, () => arrive(packet)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409]);
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused.every(({ body }) => body['code'] === 'RELOCATION_PACKET_USED')).toBe(true);
    const after = await next.superuser().query<{ accounts: number }>(accountsHere);
    expect(after[0]?.accounts).toBe((before[0]?.accounts ?? 0) + 1);
  });

  it('is refused by what is wrong with it, and nobody is taken in', async () => {
    const mover = await newMover();
    const packet = String((await begin(mover)).body['packet']);
    const half = Math.floor(packet.length / 2);
    const swapped = packet.charAt(half) === 'A' ? 'B' : 'A';
    const tampered = packet.slice(0, half) + swapped + packet.slice(half + 1);
    const before = await next.superuser().query(accountsHere);
    for (const [sent, status, code] of [
      ['hello', 400, 'RELOCATION_PACKET_MALFORMED'],
      ['', 400, 'VALIDATION_FAILED'],
      ['x'.repeat(packetCharactersMax + 1), 400, 'VALIDATION_FAILED'],
      [7, 400, 'VALIDATION_FAILED'],
      [tampered, 422, 'RELOCATION_PACKET_FORGED'],
    ] as const) {
      expect(await arrive(sent)).toMatchObject({ status, body: { code } });
    }
    const atHome = await old.post('/v1/relocations', { packet, password });
    expect(atHome).toMatchObject({ status: 422, body: { code: 'RELOCATION_PACKET_ELSEWHERE' } });
    expect(await arrive(packet, { password: 'short' })).toMatchObject({ status: 400 });
    expect(await next.superuser().query(accountsHere)).toEqual(before);
  });

  it('is over after half an hour', async () => {
    const mover = await newMover();
    const { packet, id } = (await begin(mover)).body;
    const arrived = await arrive((await begin(await newMover())).body['packet']);
    expect(arrived.status).toBe(201);
    fixture.clock.move(31 * 60_000);
    expect(await arrive(packet)).toMatchObject({
      ...{ status: 410, body: { code: 'RELOCATION_PACKET_EXPIRED' } },
    });
    const [mark] = await next.superuser().query(marks, [id]);
    expect(mark).toBeUndefined();
  });

  it('voids the one before it', async () => {
    const mover = await newMover();
    const first = (await begin(mover)).body;
    const arrived = await arrive(first['packet']);
    const second = (await begin(mover)).body;
    expect(await complete(mover, first['id'], arrived.body['receipt'])).toMatchObject({
      ...{ status: 409, body: { code: 'RELOCATION_NOT_OPEN' } },
    });
    // the same password finds the account that the first one made
    const again = await arrive(second['packet']);
    expect(again.body['account']).toEqual(arrived.body['account']);
    expect((await complete(mover, second['id'], again.body['receipt'])).status).toBe(200);
    const rows = await old.superuser().query(departuresOf, [mover.subject]);
    expect(rows).toEqual([{ status: 'voided' }, { status: 'completed' }]);
  });

  it('is one of two where two are asked for at once', async () => {
    const mover = await newMover();
    const answers = await Promise.all([begin(mover), begin(mover), begin(mover)]);
    for (const { status, body } of answers) {
      expect(status === 201 || body['code'] === 'REQUEST_IN_FLIGHT').toBe(true);
    }
    const rows = await old.superuser().query<{ status: string }>(departuresOf, [mover.subject]);
    expect(rows.filter(({ status }) => status === 'issued')).toHaveLength(1);
  });
});

describe('A receipt', () => {
  it('of somebody else, of another packet or made up completes nothing', async () => {
    const [mover, other] = [await newMover(), await newMover()];
    const [mine, theirs] = [(await begin(mover)).body, (await begin(other)).body];
    const arrived = await arrive(theirs['packet']);
    const refused = { status: 422, body: { code: 'RELOCATION_RECEIPT_INVALID' } };
    for (const receipt of [arrived.body['receipt'], 'hello', mine['packet']]) {
      const answer = await complete(mover, mine['id'], receipt);
      if (String(receipt).length > 2_048) expect(answer.status).toBe(400);
      else expect(answer).toMatchObject(refused);
    }
    const notTheirs = await complete(mover, theirs['id'], arrived.body['receipt']);
    expect(notTheirs).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(old.forgotten).not.toContain(mover.subject);
  });

  it('is over after a week', async () => {
    const mover = await newMover();
    const begun = await begin(mover);
    const arrived = await arrive(begun.body['packet']);
    fixture.clock.move(8 * 86_400_000);
    const session = await old.post('/v1/sessions', { email: mover.email, password });
    const back = { ...mover, token: String(session.body['accessToken']) };
    expect(await complete(back, begun.body['id'], arrived.body['receipt'])).toMatchObject({
      ...{ status: 410, body: { code: 'RELOCATION_RECEIPT_EXPIRED' } },
    });
    const read = await old.call(`${own}/${String(begun.body['id'])}`, { token: back.token });
    expect(read.body['state']).toBe('expired');
  });
});

describe('A move that is withdrawn', () => {
  const spend = (packet: unknown) =>
    next.post('/v1/relocations/withdrawals', { packet }, { residence: 'DE' });
  const withdraw = ({ token }: Mover, id: unknown) =>
    old.call(`${own}/${String(id)}`, { method: 'DELETE', token });

  it('ends nothing, and its packet is spent at the new home', async () => {
    const mover = await newMover();
    const begun = (await begin(mover)).body;
    expect((await withdraw(await newMover(), begun['id'])).status).toBe(404);
    const withdrawn = await withdraw(mover, begun['id']);
    expect(withdrawn).toMatchObject({ status: 200, body: { state: 'withdrawn' } });
    expect(await spend(begun['packet'])).toEqual(
      expect.objectContaining({ status: 200, body: { id: begun['id'] } }),
    );
    expect((await arrive(begun['packet'])).body['code']).toBe('RELOCATION_PACKET_USED');
    expect((await spend('hello')).body['code']).toBe('RELOCATION_PACKET_MALFORMED');
    const rows = await old.superuser().query(departuresOf, [mover.subject]);
    expect(rows).toEqual([{ status: 'withdrawn' }]);
  });

  it('keeps both accounts of somebody who had arrived', async () => {
    const mover = await newMover();
    const begun = (await begin(mover)).body;
    const arrived = await arrive(begun['packet']);
    expect((await withdraw(mover, begun['id'])).status).toBe(200);
    expect(await complete(mover, begun['id'], arrived.body['receipt'])).toMatchObject({
      ...{ status: 409, body: { code: 'RELOCATION_NOT_OPEN' } },
    });
    expect(old.forgotten).not.toContain(mover.subject);
  });
});

describe('The tables', () => {
  it('keep a move to its one way, whoever writes', async () => {
    const mover = await newMover();
    const begun = (await begin(mover)).body;
    const broken = { code: '23514' };
    const books = old.superuser();
    await expect(books.execute(redirect, [begun['id']])).rejects.toMatchObject(broken);
    await expect(books.execute(completeAlone, [begun['id']])).rejects.toMatchObject(broken);
    await expect(books.execute(secondOpen, [begun['id']])).rejects.toMatchObject({ code: '23505' });
    const arrived = await arrive(begun['packet']);
    await complete(mover, begun['id'], arrived.body['receipt']);
    await expect(books.execute(reopen, [begun['id']])).rejects.toMatchObject(broken);
    await expect(next.superuser().execute(changeMark, [begun['id']])).rejects.toMatchObject(broken);
  });

  it('tell a person of their moves, and forget them with the person', async () => {
    const mover = await newMover();
    const begun = (await begin(mover)).body;
    const data = new RelocationPersonalData(old.stores.shop.open('worker'));
    const subject = mover.subject as Parameters<typeof data.erase>[0];
    expect(await data.exportFor(subject)).toMatchObject([
      { section: 'relocations', records: [{ id: begun['id'], toCell: 'eu-1', status: 'issued' }] },
    ]);
    expect(await data.erase(subject)).toEqual([
      { store: 'relocation.departure', matched: 1, deleted: 1, left: 0 },
    ]);
    expect(await old.superuser().query(departuresOf, [mover.subject])).toEqual([]);
  });
});
