import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newCellId } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { FieldCipher, SubjectKeys } from '@entrepot/platform-crypto';
import { statement } from '@entrepot/platform-database';
import { RotateSubjectKey, SealAnew } from '@entrepot/privacy';
import { differences, sectionsOf } from './copy-diff.ts';
import { live } from './person-facts.ts';
import type { PersonPlan } from './person-facts.ts';
import { openCopy, RightsScene } from './rights-scene.ts';

const makeOld = statement(
  'spec.make_old',
  `UPDATE vault.former_data_key SET superseded_at = now() - interval '1 hour',
     unnamed_since = unnamed_since - interval '25 hours'`,
);
const dropClaims = statement('spec.drop_claims', 'DELETE FROM idempotency.request');
const admit = statement('spec.admit', 'SELECT privacy.admit_subject($1)');
const insertRecipient = statement(
  'spec.insert_recipient',
  `INSERT INTO orders.order_recipient (order_id, subject_id, address, message) VALUES ($1, $2, $3, $4)`,
);
const readRecipient = statement(
  'spec.read_recipient',
  'SELECT address, message FROM orders.order_recipient WHERE order_id = $1',
);
const subjectsOfStaff = statement(
  'spec.subjects_of_staff',
  'SELECT subject_id AS "subject" FROM identity.staff',
);

const address = { recipient: 'A', line1: 'B', city: 'C', postalCode: 'D', country: 'IN' } as const;
const plan: PersonPlan = {
  ...{ fullName: 'Asha Rao', addresses: [address, address], carts: [], moreSessions: 1 },
  orders: [{ lines: [{ sku: 'TEA-1', quantity: 2 }], address, unitPriceMinor: 100 }],
  ...{ consents: [], corrections: ['Asha Roy'], grievances: ['too slow'], looks: [] },
  nominees: [{ fullName: 'Ravi', contact: 'the house beside' }],
};

let scene: RightsScene;
beforeAll(async () => {
  scene = await RightsScene.open();
});
afterAll(() => scene.fixture.end());

const of = <T>(token: abstract new (...parts: never[]) => T): T =>
  scene.worker.get<T>(token, { strict: false });

async function rotate(people: readonly SubjectId[]): Promise<void> {
  for (const subject of people) await of(RotateSubjectKey).execute(subject);
  await scene.fixture.stores.vault.open('superuser').execute(makeOld);
}

/** What the worker does until all is under the current keys, and the former ones are gone. */
async function sealAnew(people: number): Promise<number> {
  const { sealed, refused } = await of(SealAnew).execute();
  expect(refused).toBe(0);
  // a claim is never changed and keeps its key until it goes
  await scene.superuser().execute(dropClaims);
  expect(await of(SealAnew).execute()).toEqual({ sealed: 0, refused: 0, dropped: 0 });
  await scene.fixture.stores.vault.open('superuser').execute(makeOld);
  expect(await of(SealAnew).execute()).toEqual({ sealed: 0, refused: 0, dropped: people });
  return sealed;
}

it('whatever is stored of a person is sealed anew, and reads as before', async () => {
  const { shopper, truth } = await live(scene, plan);
  const staff = await scene.superuser().query<{ subject: SubjectId }>(subjectsOfStaff);
  const [order] = truth['orders'] ?? [];
  const orderId = String(order?.['id']);
  const recipient = newCellId('subject', scene.fixture.cells.home);
  await of(SubjectKeys).create(recipient);
  await scene.superuser().query(admit, [recipient]);
  const place = { table: 'orders.order_recipient', rowId: orderId, subject: recipient };
  const gift = { address: 'elsewhere', message: 'many happy returns' };
  const sealed = await of(FieldCipher).encrypt(place, gift);
  const row = [orderId, recipient, sealed.address, sealed.message];
  await scene.superuser().execute(insertRecipient, row);

  const people = [shopper.subject, recipient, ...staff.map(({ subject }) => subject)];
  const asked = await scene.askForCopy(shopper);
  await rotate(people);
  // account 3, addresses 2, order 1, complaint 1, nominee 1, passphrase and link 2, gift 2; and of staff 3 each
  expect(await sealAnew(people.length)).toBe(12 + 3 * staff.length);

  await scene.work();
  await rotate([shopper.subject]);
  // the archive in the place of its passphrase, and the link has gone with its mail
  expect(await sealAnew(1)).toBe(9);

  const fetched = await scene.fetch(asked.body['downloadPath']);
  expect(fetched.statusCode).toBe(200);
  const copy = sectionsOf(await openCopy(fetched.rawPayload, asked.body['passphrase']));
  expect(differences(truth, copy)).toEqual([]);
  const [stored] = await scene.superuser().query<typeof sealed>(readRecipient, [orderId]);
  if (stored === undefined) throw new Error('no gift');
  expect(await of(FieldCipher).decrypt(place, stored)).toEqual(gift);
  expect(await scene.signIn('/v1/sessions', shopper.email)).toMatch(/^ey/);
  expect(await scene.signIn('/admin/v1/sessions', 'officer@staff.example')).toMatch(/^ey/);
});
