import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { QuotaGranted } from '@entrepot/contracts/events/inventory';
import type { CellId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { Database } from '@entrepot/platform-database';
import { Metrics } from '@entrepot/platform-telemetry';
import {
  EnvelopeSigner,
  EventLog,
  globalRecordWriter,
  MessagingMetrics,
  Outbox,
  OutboxRelay,
  readParked,
  RelayStore,
} from '@entrepot/platform-messaging';
import type { LogRecord } from '@entrepot/platform-messaging';
import { testDatabase } from '@entrepot/testing';
import type { TestDatabase } from '@entrepot/testing';

const cell = 'in-1' as CellId;
const email = 'asha.rao@example.in';

/** Keeps what would have left the cell. */
class KeptLog extends EventLog {
  readonly records: LogRecord[] = [];

  append(records: readonly LogRecord[]): Promise<void> {
    this.records.push(...records);
    return Promise.resolve();
  }

  subscribe(): Promise<never> {
    return Promise.reject(new Error('nobody reads here'));
  }

  lagOf(): Promise<number> {
    return Promise.resolve(0);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const readLetters = statement(
  'spec.read_refused',
  'SELECT consumer, code, state, record_key AS key FROM messaging.dead_letter ORDER BY id',
);
const grant = (sku: string) => ({
  ...{ donor: 'in-1', receiver: 'eu-1', warehouse: 'blr', sku, epoch: 1 },
  ...{ grantedTotal: 5, donorFree: 2, grantNumber: 1 },
});

describe('An event that may be personal', () => {
  let shop: TestDatabase<'shop'>;
  let border: Database;
  const log = new KeptLog();
  const metrics = new Metrics({ cell, process: 'border' });
  let relay: OutboxRelay;
  beforeAll(async () => {
    shop = await testDatabase('shop', { cell });
    border = shop.open('border');
    const { privateKey } = generateKeyPairSync('ed25519');
    const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const messaging = new MessagingMetrics(metrics);
    messaging.watchQuarantine(() => readParked(border, 'global'));
    relay = new OutboxRelay({
      scope: 'global',
      store: new RelayStore(border, 'global'),
      log,
      write: globalRecordWriter(new EnvelopeSigner({ cell, epoch: 1, privateKeyPem }), [
        QuotaGranted,
      ]),
      metrics: messaging,
    });
  });
  afterAll(async () => {
    await relay.stop();
    await shop.drop();
  });

  const quarantined = async (): Promise<string | undefined> =>
    /entrepot_border_quarantined_events\{[^}]*\} (\d+)/.exec((await metrics.expose()).text)?.[1];

  it('stays at home under a code, is counted, and holds up nothing behind it', async () => {
    const events = [
      // an article number that is somebody's phone, which the schema takes
      QuotaGranted.of(grant('9876543210'), { aggregateVersion: 1 }),
      { ...QuotaGranted.of(grant('TEA-1'), { aggregateVersion: 1 }), key: email },
      QuotaGranted.of(grant('TEA-2'), { aggregateVersion: 1 }),
    ];
    expect(await quarantined()).toBe('0');
    await shop.open('api').unitOfWork((tx) => new Outbox(cell).append(tx, events));
    relay.start();
    relay.poke();
    while (log.records.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));

    expect(log.records.map(({ key }) => key)).toEqual(['in-1/eu-1/blr/TEA-2']);
    expect(await border.query(readLetters)).toEqual([
      { consumer: 'relay.global', code: 'PHONE', state: 'parked', key: 'withheld' },
      { consumer: 'relay.global', code: 'EMAIL', state: 'parked', key: 'withheld' },
    ]);
    expect(await quarantined()).toBe('2');
    const { text } = await metrics.expose();
    expect(text).toMatch(/entrepot_dead_letters_total\{[^}]*code="EMAIL"[^}]*\} 1/);
    expect(text).not.toContain('asha');
  });
});
