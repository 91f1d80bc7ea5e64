// One process of a cell with nothing in it but messaging: the program that the spec kills.
import { readFileSync } from 'node:fs';

import { SystemClock } from '@entrepot/kernel';
import type { CellId } from '@entrepot/kernel';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import type { Transaction } from '@entrepot/platform-database';
import {
  CellMessaging,
  EnvelopeSigner,
  KafkaEventLog,
  MessagingMetrics,
  onEvent,
} from '@entrepot/platform-messaging';
import type { KafkaLogin, PinnedKeys, ReceivedEvent } from '@entrepot/platform-messaging';

import { Metrics } from '@entrepot/platform-telemetry';

import { ParcelMoved, StockCounted } from '../probe-events.ts';

export interface ProbeSettings {
  readonly kind: 'worker' | 'border';
  readonly cell: CellId;
  readonly databaseUrl: string;
  readonly kafka: KafkaLogin;
  readonly directory: PinnedKeys;
  readonly envelopeKeyPem: string;
}

const settingsFile = process.argv[2];
if (settingsFile === undefined) throw new TypeError('name the settings file');
const settings = JSON.parse(readFileSync(settingsFile, 'utf8')) as ProbeSettings;

const noteEffect = statement(
  'probe.note_effect',
  'INSERT INTO probe.effect (record_key, version, event_id) VALUES ($1, $2, $3)',
);
const note = async (tx: Transaction, event: ReceivedEvent<unknown>): Promise<void> => {
  await tx.execute(noteEffect, [event.key, event.aggregateVersion, event.id]);
};

const { cell, directory, kafka, kind } = settings;
const parts = {
  cell,
  directory,
  database: new ShopDatabase({
    url: settings.databaseUrl,
    connectionsMax: 6,
    applicationName: `${cell} ${kind}`,
  }),
  log: new KafkaEventLog({ ...kafka, clientId: `${cell} ${kind}`, sessionTimeoutMs: 2_000 }),
  metrics: new MessagingMetrics(new Metrics({ cell, process: kind })),
};
const messaging =
  kind === 'worker'
    ? await CellMessaging.startWorker({
        ...parts,
        consumers: [
          { name: 'probe.stock', versions: 'contiguous', handlers: [onEvent(StockCounted, note)] },
        ],
      })
    : await CellMessaging.startBorder({
        ...parts,
        consumers: [
          { name: 'probe.parcels', versions: 'contiguous', handlers: [onEvent(ParcelMoved, note)] },
        ],
        signer: new EnvelopeSigner({ cell, epoch: 1, privateKeyPem: settings.envelopeKeyPem }),
        clock: new SystemClock(),
        exported: [ParcelMoved],
        findEpoch: () => Promise.resolve(1),
        heartbeatEveryMs: 500,
      });
messaging.failed.catch(() => process.exit(1));
process.stdout.write('ready\n');
