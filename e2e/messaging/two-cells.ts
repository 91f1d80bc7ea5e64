import type { CellId } from '@entrepot/kernel';
import type { KafkaLogin, PinnedKeys } from '@entrepot/platform-messaging';
import {
  FaultProxy,
  findKafka,
  freePort,
  kafkaPrincipals,
  recordKafkaClasses,
  StackPaths,
  startKafkaBroker,
  startMirrorMaker,
  withClient,
  withStackLock,
} from '@entrepot/stack';
import type { KafkaProgram, RunningKafkaBroker, RunningService } from '@entrepot/stack';
import { testDatabase } from '@entrepot/testing';
import type { TestDatabase } from '@entrepot/testing';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Killable, probeProcess } from './killable-process.ts';
import type { ProbeSettings } from './processes/probe-process.ts';

const cellIds = ['in-1', 'eu-1'] as CellId[];

/** A cell reduced to what carries its events: database, broker, worker, border, mirror. */
export interface ProbeCell {
  readonly id: CellId;
  readonly shop: TestDatabase<'shop'>;
  readonly broker: Killable;
  readonly worker: Killable;
  readonly border: Killable;
  readonly envelopeKeyPem: string;
  readonly authorizerLog: () => string;
  loginAs(principal: string, listener?: 'local' | 'border'): KafkaLogin;
}

export interface TwoCells {
  readonly india: ProbeCell;
  readonly europe: ProbeCell;
  end(): Promise<void>;
}

/** Where the handlers of the probe note what took effect, and what the writers count up. */
const probeTables = `
  CREATE SCHEMA probe;
  CREATE TABLE probe.aggregate (key text PRIMARY KEY, version bigint NOT NULL DEFAULT 0);
  CREATE TABLE probe.effect (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    record_key text NOT NULL, version bigint NOT NULL, event_id text NOT NULL);
  GRANT USAGE ON SCHEMA probe TO shop_api, shop_worker, shop_border;
  GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA probe TO shop_api, shop_worker, shop_border;
`;

async function kafkaProgram(): Promise<KafkaProgram> {
  const { kafkaPrograms, kafkaLock } = new StackPaths();
  return withStackLock(kafkaLock, async () => {
    const program = await findKafka(kafkaPrograms);
    await recordKafkaClasses(program, {
      local: await freePort(),
      border: await freePort(),
      controller: await freePort(),
    });
    return program;
  });
}

interface Surroundings {
  readonly folder: string;
  readonly program: KafkaProgram;
  readonly directory: PinnedKeys;
  readonly privateKeys: ReadonlyMap<CellId, string>;
  readonly links: FaultProxy[];
}

async function prepareCell(id: CellId, around: Surroundings): Promise<ProbeCell> {
  const { folder, program, directory, privateKeys, links } = around;
  const shop = await testDatabase('shop', { cell: id, ownServer: 'messaging' });
  await withClient(shop.urlFor('superuser'), (client) => client.query(probeTables));
  const ports = {
    local: await freePort(),
    border: await freePort(),
    controller: await freePort(),
  };
  const link = await FaultProxy.start({ name: `${id}.border`, port: 0, targets: [ports.border] });
  links.push(link);
  const passwordOf = (principal: string) => `${id}-${principal}-${folder.slice(-6)}`;
  let running: RunningKafkaBroker | undefined;
  const broker = new Killable(async () => {
    running = await startKafkaBroker({
      name: `${id} kafka`,
      program,
      clusterId: clusterIdOf(id),
      ports,
      dataFolder: join(folder, id, 'kafka'),
      logFile: join(folder, `${id}-kafka.log`),
      peers: cellIds
        .filter((peer) => peer !== id)
        .map((cell) => ({ cell, port: ports.border, advertisedPort: link.port })),
      passwordOf,
    });
    return running;
  });
  const loginAs = (principal: string, listener: 'local' | 'border' = 'local'): KafkaLogin => ({
    brokers: [`127.0.0.1:${listener === 'local' ? ports.local : link.port}`],
    username: principal,
    password: passwordOf(principal),
  });
  const envelopeKeyPem = privateKeys.get(id) ?? '';
  const processOf = (kind: ProbeSettings['kind']): Killable => {
    const file = join(folder, `${id}-${kind}.json`);
    const settings: ProbeSettings = {
      kind,
      cell: id,
      databaseUrl: shop.urlFor(kind),
      kafka: loginAs(kind),
      directory,
      envelopeKeyPem: kind === 'border' ? envelopeKeyPem : '',
    };
    writeFileSync(file, JSON.stringify(settings), { mode: 0o600 });
    return probeProcess(`${id}-${kind}`, file, folder);
  };
  return {
    id,
    shop,
    broker,
    worker: processOf('worker'),
    border: processOf('border'),
    envelopeKeyPem,
    authorizerLog: () => running?.authorizerLog ?? '',
    loginAs,
  };
}

const clusterIdOf = (id: string): string =>
  Buffer.from(id.padEnd(16, '.').slice(0, 16)).toString('base64url');

function startMirror(
  from: ProbeCell,
  to: ProbeCell,
  around: Surroundings,
): Promise<RunningService> {
  const { admin, mirrorReader, mirrorWriter } = kafkaPrincipals;
  return startMirrorMaker({
    name: `${to.id} mirror`,
    program: around.program,
    target: { cell: to.id, writer: to.loginAs(mirrorWriter), canaryReader: to.loginAs(admin) },
    sources: [
      {
        cell: from.id,
        reader: from.loginAs(mirrorReader(to.id), 'border'),
        canaryWriter: from.loginAs(admin),
      },
    ],
    dataFolder: join(around.folder, to.id, 'mirror'),
    logFile: join(around.folder, `${to.id}-mirror.log`),
  });
}

/** Starts two cells with everything between one outbox and the other cell's inbox. */
export async function startTwoCells(): Promise<TwoCells> {
  const folder = mkdtempSync(
    join(tmpdir(), `entrepot-messaging-${randomBytes(2).toString('hex')}`),
  );
  const keys = cellIds.map((id) => ({ id, ...generateKeyPairSync('ed25519') }));
  const directory: PinnedKeys = {
    cells: keys.map(({ id, publicKey }) => ({
      id,
      envelopeKeys: [
        { publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString() },
      ],
    })),
  };
  const privateKeys = new Map(
    keys.map(({ id, privateKey }) => [
      id,
      privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ]),
  );
  const links: FaultProxy[] = [];
  const stops: (() => Promise<unknown>)[] = [];
  const end = async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const around = { folder, program: await kafkaProgram(), directory, privateKeys, links };
  const [india, europe] = await Promise.all([
    prepareCell('in-1' as CellId, around),
    prepareCell('eu-1' as CellId, around),
  ]);
  stops.push(
    () => Promise.all([india.shop.drop(), europe.shop.drop()]),
    () => Promise.all(links.map((link) => link.close())),
    () => Promise.all([india.broker.stop(), europe.broker.stop()]),
  );
  try {
    await Promise.all([india.broker.start(), europe.broker.start()]);
    await Promise.all(
      [startMirror(india, europe, around), startMirror(europe, india, around)].map((starting) =>
        starting.then((mirror) => stops.push(() => mirror.stop())),
      ),
    );
    for (const started of [india.worker, india.border, europe.border]) {
      stops.push(() => started.stop());
      await started.start();
    }
    return { india, europe, end };
  } catch (error) {
    await end();
    throw error;
  }
}
