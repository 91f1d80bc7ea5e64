import { testKms } from '@entrepot/testing';
import { describe, expect, it } from '@jest/globals';
import { KmsAudit } from '../src/privacy/kms-audit.ts';
import { openProcess, withCellDatabases } from '../src/privacy/own-process.ts';
import { PersonWithOrders } from '../src/privacy/person-with-orders.ts';
import { keyUsesPerSession, session, signUp } from '../src/privacy/shopper-session.ts';
import type { KeyedShopper } from '../src/privacy/shopper-session.ts';

const people = 40;
/** The keys of the login index: the inner one and that of the epoch. */
const indexKeys = 2;
const shardKeys = 32;
const limitMs = 60_000;

describe('what people ask of KMS in a process that holds no key yet', () => {
  it.each([
    ['kms-per-user', people + indexKeys],
    ['kms-epoch', shardKeys + indexKeys],
  ] as const)(
    'is with %s at most %i calls for 40 people, and none for the same people again',
    (driver, callsMax) =>
      withCellDatabases(async (databases) => {
        const kms = await testKms({ ownServer: `calls-${driver}` });
        const worker = await openProcess({ ...databases, driver, kms, kind: 'worker' });
        const shoppers: KeyedShopper[] = [];
        while (shoppers.length < people) shoppers.push(await signUp(worker));
        const api = await openProcess({ ...databases, driver, kms, kind: 'api' });
        // what the worker asks by itself is told apart by its name
        const audit = new KmsAudit(kms.auditFile);
        const calls = () =>
          audit.take().filter(({ userIdentity }) => userIdentity.userName === 'api');
        try {
          for (const shopper of shoppers) await session(api, shopper);
          const cold = calls();
          expect(cold.length).toBeLessThanOrEqual(callsMax);
          expect(cold.length).toBeLessThan(people * keyUsesPerSession);
          expect(cold.filter(({ eventName }) => eventName === 'Decrypt')).not.toEqual([]);
          for (const shopper of shoppers) await session(api, shopper);
          expect(calls()).toEqual([]);
        } finally {
          await Promise.all([api.close(), worker.close()]);
        }
      }),
    limitMs,
  );
});

describe('the person whose export is measured', () => {
  it('shows every order with its payment and the address that it went to', () =>
    withCellDatabases(async (databases) => {
      const person = await PersonWithOrders.make(databases, 3);
      try {
        const extracts = await person.extractsOf(person.subject);
        const recordsOf = (name: string) =>
          extracts.find(({ section }) => section === name)?.records ?? [];
        expect(recordsOf('account')).toEqual([
          expect.objectContaining({ fullName: 'Measured Shopper' }),
        ]);
        expect(recordsOf('orders')).toHaveLength(3);
        expect(recordsOf('payments')).toHaveLength(3);
        const addresses = recordsOf('deliveryAddresses').map(({ address }) => String(address));
        expect(addresses).toHaveLength(3);
        expect(addresses.filter((address) => !address.includes('Porttown'))).toEqual([]);
      } finally {
        await person.close();
      }
    }));
});
