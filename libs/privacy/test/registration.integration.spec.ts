import { newCellId } from '@entrepot/kernel';
import type { CellId, SubjectId } from '@entrepot/kernel';
import { SubjectKeys, SubjectVault } from '@entrepot/platform-crypto';
import type { Login } from '@entrepot/platform-crypto';
import { ShopDatabase, statement, VaultDatabase } from '@entrepot/platform-database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { RefillKeyReserveUseCase } from '../src/application/refill-key-reserve.ts';
import {
  reservationMinutesMax,
  SweepReservationsUseCase,
} from '../src/application/sweep-reservations.ts';
import { VaultStore } from '../src/application/vault-store.ts';
import { PrivacyFixture } from './privacy-fixture.ts';

let fixture: PrivacyFixture;
let worker: TestingModule;
let api: TestingModule;

beforeAll(async () => {
  fixture = await PrivacyFixture.start();
  worker = await fixture.startProcess('worker');
  api = await fixture.startProcess('api');
});
afterAll(() => fixture.end());

const admit = statement('spec.admit', 'SELECT privacy.admit_subject($1) AS "isNew"');
const everything = statement(
  'spec.vault_text',
  'SELECT l::text || k::text AS "text" FROM vault.login_index l JOIN vault.subject_key k USING (subject_id)',
);
let number = 0;
const newLogin = () => ({ audience: 'shopper' as const, email: `p${++number}@spec.example` });
const reserve = (login: Login = newLogin()) => api.get(SubjectVault).reserve(login);
const use = (subject: SubjectId) => api.get(SubjectKeys).use(subject, () => true);

async function sweepLater() {
  fixture.clock.offsetMs = (reservationMinutesMax + 1) * 60_000;
  try {
    return await worker.get(SweepReservationsUseCase).execute();
  } finally {
    fixture.clock.offsetMs = 0;
  }
}

describe('reserving a login', () => {
  it('answers the same subject when asked again, also for another spelling', async () => {
    const entry = await reserve({ audience: 'shopper', email: 'Same@Spec.example' });
    const again = await reserve({ audience: 'shopper', email: ' same@spec.EXAMPLE' });
    expect(again).toEqual({ subject: entry.subject, state: 'reserved' });
  });

  it('keeps shoppers and staff apart', async () => {
    const { email } = newLogin();
    const shopper = await reserve({ audience: 'shopper', email });
    expect((await reserve({ audience: 'staff', email })).subject).not.toBe(shopper.subject);
  });

  it('lets one of many concurrent registrations of one address win', async () => {
    const login = newLogin();
    const entries = await Promise.all(Array.from({ length: 8 }, () => reserve(login)));
    expect(new Set(entries.map((entry) => entry.subject)).size).toBe(1);
  });

  it('stores neither the address nor a hash that could be made without the key', async () => {
    const login = { audience: 'shopper' as const, email: 'canary-vault@spec.example' };
    await reserve(login);
    const rows = await worker.get(VaultDatabase).query<{ text: string }>(everything);
    expect(rows.length).toBeGreaterThan(0);
    for (const { text } of rows) expect(text).not.toContain('canary');
  });

  it('goes on when the reserve of keys is empty', async () => {
    const drain = statement('spec.drain', 'DELETE FROM vault.key_reserve');
    await worker.get(VaultDatabase).execute(drain);
    expect((await reserve()).state).toBe('reserved');
    await worker.get(RefillKeyReserveUseCase).execute();
    expect(await worker.get(VaultStore).countReserve()).toBeGreaterThan(0);
  });
});

describe('the sweeper', () => {
  it('leaves young reservations alone', async () => {
    const login = newLogin();
    const { subject } = await reserve(login);
    await worker.get(SweepReservationsUseCase).execute();
    expect(await api.get(SubjectVault).find(login)).toEqual({ subject, state: 'reserved' });
  });

  it('drops a reservation without an account, shuts the shop on it and reuses its key', async () => {
    const login = newLogin();
    const { subject } = await reserve(login);
    const spare = await worker.get(VaultStore).countReserve();
    expect((await sweepLater()).abandoned).toBeGreaterThanOrEqual(1);
    expect(await api.get(SubjectVault).find(login)).toBeUndefined();
    expect(await worker.get(VaultStore).countReserve()).toBeGreaterThan(spare);
    const [row] = await api.get(ShopDatabase).query<{ isNew: boolean }>(admit, [subject]);
    expect(row?.isNew).toBe(false);
    await expect(api.get(SubjectVault).activate(subject)).rejects.toMatchObject({
      code: 'SUBJECT_ERASED',
    });
    expect((await reserve(login)).subject).not.toBe(subject);
  });

  it('completes a reservation whose account was written', async () => {
    const login = newLogin();
    const { subject } = await reserve(login);
    await use(subject);
    await api.get(ShopDatabase).query(admit, [subject]);
    expect((await sweepLater()).completed).toBeGreaterThanOrEqual(1);
    expect(await api.get(SubjectVault).find(login)).toEqual({ subject, state: 'active' });
  });
});

describe('rights', () => {
  it('lets the API neither fence nor bring a key back nor read the ledger', async () => {
    const subject = newCellId('subject', 'in-1' as CellId);
    const vault = api.get(VaultDatabase);
    for (const [name, text] of [
      ['spec.api_fence', "SELECT vault.fence_subject($1, 'erasure')"],
      ['spec.api_unfence', 'UPDATE vault.subject_key SET fenced_at = NULL WHERE subject_id = $1'],
      ['spec.api_ledger', 'SELECT * FROM vault.erasure_ledger WHERE subject_id = $1'],
      ['spec.api_delete', 'DELETE FROM vault.subject_key WHERE subject_id = $1'],
    ] as const) {
      await expect(vault.query(statement(name, text), [subject])).rejects.toThrow(
        'permission denied',
      );
    }
  });
});
