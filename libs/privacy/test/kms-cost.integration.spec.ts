import { newCellId } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { FieldCipher, SubjectKeys, SubjectVault } from '@entrepot/platform-crypto';
import type { Login } from '@entrepot/platform-crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { readFileSync } from 'node:fs';
import { cell, EpochDrill, newLogin } from './epoch-drill.ts';

/** AWS makes five keys a second: with a key per person the spec would wait for more. */
const shoppersOf = { 'kms-per-user': 40, 'kms-epoch': 1_000 } as const;
const atOnce = 20;
const callsPerSessionMax = 1.2;

interface Shopper {
  readonly login: Login;
  readonly subject: SubjectId;
  readonly profile: Awaited<ReturnType<EpochDrill['seal']>>;
}

async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const workOn = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, workOn));
}

describe.each(['kms-per-user', 'kms-epoch'] as const)(
  "RP34 KMS calls at AWS's rates, %s",
  (driver) => {
    let drill: EpochDrill;
    const shoppers: Shopper[] = [];
    beforeAll(async () => {
      drill = await EpochDrill.start(driver, { ownServer: `cost-${driver}`, rates: 'aws' });
      await inTurns(Array.from({ length: shoppersOf[driver] }, newLogin), async (login) => {
        const subject = await registered(login);
        shoppers.push({ login, subject, profile: await drill.seal(subject, 'Asha Rao') });
      });
    }, 120_000);
    afterAll(() => drill.fixture.end());

    /** Asks again where the rate of CreateKey is used up, as a person at a form would. */
    async function registered(login: Login): Promise<SubjectId> {
      for (;;) {
        try {
          return await drill.register(login);
        } catch (error) {
          if ((error as { code?: unknown }).code !== 'UNAVAILABLE') throw error;
        }
      }
    }

    /** Signs in, reads the profile, orders, and reads the order. */
    async function session(process: TestingModule, { login, subject, profile }: Shopper) {
      expect((await process.get(SubjectVault).find(login))?.subject).toBe(subject);
      expect(await drill.open(subject, profile, process)).toEqual({ name: 'Asha Rao' });
      await process.get(SubjectKeys).create(subject);
      const cipher = process.get(FieldCipher);
      const place = { table: 'orders.order', rowId: newCellId('order', cell), subject };
      const order = await cipher.encrypt(place, { address: '1 Lake Road' });
      expect(await cipher.decrypt(place, order)).toEqual({ address: '1 Lake Road' });
    }

    /** By the audit of the emulator, refused calls included. */
    const callsSoFar = () =>
      readFileSync(drill.fixture.kms.auditFile, 'utf8').split('\n').filter(Boolean).length;

    it('are at most 1.2 for a shopper who comes cold, and none for one who comes again', async () => {
      const process = await drill.fixture.startProcess('api');
      const before = callsSoFar();
      await inTurns(shoppers, (shopper) => session(process, shopper));
      const cold = callsSoFar() - before;
      expect(cold).toBeGreaterThan(0);
      expect(cold / shoppers.length).toBeLessThanOrEqual(callsPerSessionMax);
      await inTurns(shoppers, (shopper) => session(process, shopper));
      expect(callsSoFar() - before).toBe(cold);
    }, 60_000);
  },
);
