import { request } from 'node:https';
import type { RequestOptions } from 'node:https';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HealthCheck } from '@entrepot/contracts/api/health';
import type { CellId } from '@entrepot/kernel';
import { CellDirectory } from '@entrepot/platform-config';
import { HttpBorderClient, MutualTlsCellClient } from '@entrepot/platform-http';
import { testDatabase, testKafka, testKms, testRedis } from '@entrepot/testing';
import type { TestDatabase, TestKafka, TestKms } from '@entrepot/testing';
import kafkajs from 'kafkajs';
import { makeCells, makeCertificate } from './cells-under-test.ts';
import type { CellsUnderTest } from './cells-under-test.ts';
import { freePort, runToEnd, startProcess } from './running-process.ts';
import type { RunningProcess } from './running-process.ts';

const india = 'in-1' as CellId;
const internalSecret = 'a-secret-of-two-processes';
const ports = {
  http: 0,
  apiMetrics: 0,
  workerMetrics: 0,
  borderMetrics: 0,
  border: 0,
  internal: 0,
};
const processes: RunningProcess[] = [];

let cells: CellsUnderTest;
let catalog: TestDatabase<'catalog'>;
let shop: TestDatabase<'shop'>;
let vault: TestDatabase<'vault'>;
let kms: TestKms;
let kafka: TestKafka;
let redisUrl: string;

type Kind = 'api' | 'worker' | 'border';

function environment(kind: Kind, metricsPort: number): Record<string, string> {
  return {
    ENTREPOT_PROFILE: 'test',
    ENTREPOT_CELL: 'in-1',
    ENTREPOT_CELLS: cells.file,
    ENTREPOT_METRICS_PORT: String(metricsPort),
    ENTREPOT_SHOP_DATABASE_URL: shop.urlFor(kind),
    ENTREPOT_KAFKA_BROKERS: kafka.brokers.join(','),
    ENTREPOT_KAFKA_USERNAME: kafka.username,
    ENTREPOT_KAFKA_PASSWORD: kafka.password,
    ENTREPOT_TOPIC_PREFIX: kafka.topicPrefix,
    ENTREPOT_STOCK_WITNESS_FILE: join(dirname(cells.file), 'stock-witness.json'),
    ENTREPOT_BORDER_INTERNAL_URL: `http://127.0.0.1:${ports.internal}`,
    ENTREPOT_BORDER_INTERNAL_SECRET: internalSecret,
  };
}

function storeEnvironment(kind: 'api' | 'worker'): Record<string, string> {
  const credentials = kms.credentialsFor(kind);
  return {
    ENTREPOT_CATALOG_DATABASE_URL: catalog.urlFor(kind),
    ENTREPOT_VAULT_DATABASE_URL: vault.urlFor(kind),
    ENTREPOT_REDIS_URL: redisUrl,
    ENTREPOT_KMS_ENDPOINT: kms.endpoint,
    ENTREPOT_KMS_ACCESS_KEY_ID: credentials.accessKeyId,
    ENTREPOT_KMS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ENTREPOT_PSP_BASE_URL: 'http://127.0.0.1:9',
    ENTREPOT_PSP_SECRET_KEY: 'rzp_test_key:not-a-secret',
    ENTREPOT_PSP_WEBHOOK_SECRET: 'not-a-webhook-secret',
    ENTREPOT_MAIL_SMTP_URL: 'smtp://127.0.0.1:9',
    ENTREPOT_MAIL_USER: 'in-1',
    ENTREPOT_MAIL_PASSWORD: 'not-a-mail-password',
    ENTREPOT_MAIL_FROM: 'shop@in-1.localhost',
    ...(kind === 'worker' && recipientEnvironment()),
  };
}

/** Nobody is told here; the certificates only have to be some. */
const recipientEnvironment = (): Record<string, string> => ({
  ENTREPOT_MAIL_ERASURE_URL: 'http://127.0.0.1:9',
  ENTREPOT_MAIL_CERTIFICATE_FILE: cells.india.files.tlsCertificate,
  ENTREPOT_PSP_ERASURE_URL: 'http://127.0.0.1:9',
  ENTREPOT_PSP_CERTIFICATE_FILE: cells.india.files.tlsCertificate,
});

const apiEnvironment = (): Record<string, string> => ({
  ...environment('api', ports.apiMetrics),
  ...storeEnvironment('api'),
  ENTREPOT_HTTP_HOST: '127.0.0.1',
  ENTREPOT_HTTP_PORT: String(ports.http),
  ENTREPOT_TOKEN_SIGNING_KEY_FILE: cells.india.files.tokenKey,
  ENTREPOT_FINGERPRINT_KEY: Buffer.alloc(32, 1).toString('base64'),
});

const borderEnvironment = (): Record<string, string> => ({
  ...environment('border', ports.borderMetrics),
  ENTREPOT_BORDER_HTTP_PORT: String(ports.border),
  ENTREPOT_ENVELOPE_KEY_FILE: cells.india.files.envelopeKey,
  ENTREPOT_CELL_TLS_KEY_FILE: cells.india.files.tlsKey,
  ENTREPOT_CELL_TLS_CERTIFICATE_FILE: cells.india.files.tlsCertificate,
});

/** Makes the topics of the heartbeat, the mirrored one too; resolves to the id of the cluster. */
async function prepareKafka({ brokers, username, password, topicPrefix }: TestKafka) {
  const admin = new kafkajs.Kafka({
    brokers: [...brokers],
    sasl: { mechanism: 'plain', username, password },
    logLevel: kafkajs.logLevel.NOTHING,
  }).admin();
  await admin.connect();
  const own = ['global.cell.v1', 'global.inventory.v1'].map((name) => `${topicPrefix}${name}`);
  const local = ['local.payments.v1', 'local.stock-witness.v1'].map(
    (name) => `${topicPrefix}${name}`,
  );
  const topics = [...own, ...own.map((name) => `eu-1.${name}`), ...local];
  await admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions: 1 })) });
  const { clusterId } = await admin.describeCluster();
  await admin.disconnect();
  return clusterId;
}

beforeAll(async () => {
  [catalog, shop, vault] = await Promise.all([
    testDatabase('catalog'),
    testDatabase('shop'),
    testDatabase('vault'),
  ]);
  kafka = await testKafka();
  kms = await testKms();
  redisUrl = (await testRedis()).url;
  const kafkaClusterId = await prepareKafka(kafka);
  for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await freePort();
  cells = await makeCells({
    kafkaClusterId,
    cellPorts: { india: ports.border, europe: await freePort() },
  });
  const workerEnvironment = {
    ...environment('worker', ports.workerMetrics),
    ...storeEnvironment('worker'),
  };
  processes.push(await startProcess('apps/india/src/main.api.ts', apiEnvironment()));
  processes.push(await startProcess('apps/india/src/main.worker.ts', workerEnvironment));
  processes.push(await startProcess('apps/india/src/main.border.ts', borderEnvironment()));
}, 240_000);

afterAll(async () => {
  for (const running of processes) await running.stop();
  await Promise.all([catalog.drop(), shop.drop(), vault.drop()]);
}, 60_000);

interface DocumentedOperation {
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
}

const read = async (port: number, path: string) => {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

describe('the API process', () => {
  it('lives and is ready, with every part named', async () => {
    expect(await read(ports.http, '/health/live')).toEqual({
      status: 200,
      body: { status: 'live' },
    });
    const ready = await read(ports.http, '/health/ready');
    expect(ready).toMatchObject({ status: 200, body: { status: 'ready', cell: 'in-1' } });
    const names = (ready.body['checks'] as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'database catalog',
        'database shop',
        'database vault',
        'kms',
        'peer eu-1',
        'replication shop',
        'replication vault',
        'catalog age',
        'outbox local',
        'outbox global',
        'consumer checkout.payment-notices',
        'stock recovery',
      ]),
    );
    const named = new Map(
      (ready.body['checks'] as HealthCheck[]).map((check) => [check.name, check]),
    );
    // the databases of a suite have no standby: that is shown and stops nothing
    expect(named.get('replication shop')).toMatchObject({ status: 'down', required: false });
    expect(named.get('outbox local')).toMatchObject({ status: 'up', unit: 'seconds' });
    expect(named.get('consumer checkout.payment-notices')).toMatchObject({
      status: 'up',
      unit: 'records',
      lag: 0,
      degraded: false,
    });
    expect(JSON.stringify(ready.body)).not.toMatch(/127\.0\.0\.1|localhost/);
  });

  it('says where a resident registers, over REST and GraphQL', async () => {
    const home = {
      country: 'DE',
      cell: 'eu-1',
      region: 'eu',
      origin: 'http://eu-1.localhost:8080',
    };
    expect(await read(ports.http, '/v1/home?country=DE')).toEqual({ status: 200, body: home });
    const unserved = await read(ports.http, '/v1/home?country=GB');
    expect(unserved).toMatchObject({ status: 404, body: { code: 'COUNTRY_NOT_SERVED' } });
    const answer = await fetch(`http://127.0.0.1:${ports.http}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ home(country: "DE") { country cell region origin } }' }),
    });
    expect(await answer.json()).toEqual({ data: { home } });
  });

  it('documents what it serves', async () => {
    const { body } = await read(ports.http, '/openapi.json');
    expect(Object.keys(body['paths'] as object)).toEqual(
      expect.arrayContaining([
        '/v1/home',
        '/v1/products',
        '/v1/orders',
        '/v1/accounts',
        '/v1/carts',
      ]),
    );
  });

  it('documents no parameter of an operation twice', async () => {
    const { body } = await read(ports.http, '/openapi.json');
    const paths = body['paths'] as Record<string, Record<string, DocumentedOperation>>;
    const named = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, { parameters = [] }]) =>
        parameters.map((parameter) =>
          [method, path, parameter.in, parameter.name.toLowerCase()].join(' '),
        ),
      ),
    );
    expect(named).toContain('post /v1/accounts header entrepot-residence');
    expect(named.filter((name, index) => named.indexOf(name) !== index)).toEqual([]);
  });
});

describe('metrics and health of every process', () => {
  it.each(['apiMetrics', 'workerMetrics', 'borderMetrics'] as const)('%s', async (name) => {
    const metrics = await fetch(`http://127.0.0.1:${ports[name]}/metrics`);
    const text = await metrics.text();
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).toContain('cell="in-1"');
    expect((await read(ports[name], '/health/ready')).status).toBe(200);
    expect(text).toMatch(/entrepot_health_check_up\{component="database shop"[^}]*\} 1/);
    expect(text).toContain('# TYPE entrepot_replication_lag_bytes gauge');
    expect(text).toMatch(/entrepot_outbox_lag_seconds\{component="relay.global"[^}]*\} \d/);
    expect(text).toMatch(/entrepot_consumer_lag_records\{consumer="[a-z.-]+"[^}]*\} \d/);
  });

  it('the worker does its rounds', async () => {
    const rounds = async (): Promise<string> =>
      (await fetch(`http://127.0.0.1:${ports.workerMetrics}/metrics`)).text();
    const done =
      /entrepot_upkeep_runs_total\{component="checkout.reconcile",outcome="done"[^}]*\} \d/;
    const end = performance.now() + 30_000;
    while (!done.test(await rounds())) {
      if (performance.now() > end) throw new Error('nothing was swept');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }, 60_000);
});

describe('the border process', () => {
  const directory = () => CellDirectory.fromFile(cells.file);

  it('answers a pinned cell', async () => {
    const client = new MutualTlsCellClient(directory(), cells.europe.tls);
    const call = { cell: india, method: 'GET', deadlineMs: 5_000 } as const;
    const keys = await client.call({ ...call, path: '/cell/v1/keys' });
    expect(keys).toMatchObject({ cell: 'in-1', envelopeKeys: [{ kid: 'e1' }] });
    const health = await client.call({ ...call, path: '/cell/v1/health' });
    expect(health).toEqual({ cell: 'in-1', status: 'ready' });
    const nothing = client.call({ ...call, path: '/cell/v1/orders' });
    await expect(nothing).rejects.toMatchObject({ code: 'NOT_FOUND' });
    client.close();
  });

  const connect = (options: RequestOptions): Promise<string> =>
    new Promise((resolve) => {
      const url = `https://127.0.0.1:${ports.border}/cell/v1/health`;
      const call = request(url, { rejectUnauthorized: false, ...options }, (response) => {
        response.resume();
        resolve(String(response.statusCode));
      });
      call.on('error', () => resolve('refused'));
      call.end();
    });

  it('refuses a caller without a certificate', async () => {
    expect(await connect({})).toBe('refused');
  });

  it('refuses a certificate that nobody pinned, whatever name it bears', async () => {
    const { key, certificate } = await makeCertificate('eu-1');
    expect(await connect({ key, cert: certificate })).toBe('refused');
  });

  it('refuses its own cell as a peer', async () => {
    const { key, certificate } = cells.india.tls;
    expect(await connect({ key, cert: certificate })).toBe('refused');
  });

  it('is not mistaken for another cell by its callers', async () => {
    const impostor = JSON.parse(JSON.stringify({ cells: directory().cells })) as {
      cells: { id: string; cellOrigin: string }[];
    };
    for (const cell of impostor.cells) cell.cellOrigin = `https://127.0.0.1:${ports.border}`;
    const client = new MutualTlsCellClient(CellDirectory.parse(impostor), cells.europe.tls);
    const call = client.call({
      cell: 'eu-1' as CellId,
      method: 'GET',
      path: '/cell/v1/health',
      deadlineMs: 5_000,
    });
    await expect(call).rejects.toMatchObject({ name: 'PeerUnreachableError' });
    client.close();
  });

  it('tells its own cell how the peers are, and nobody without the secret', async () => {
    const ask = (secret: string) => {
      const client = new HttpBorderClient({ url: `http://127.0.0.1:${ports.internal}`, secret });
      const call = client.call({ method: 'GET', path: '/internal/v1/peers', deadlineMs: 5_000 });
      return call.finally(() => client.close());
    };
    expect(await ask(internalSecret)).toEqual({ peers: [{ cell: 'eu-1', status: 'down' }] });
    await expect(ask('a-guess-at-the-secret')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('sends its heartbeat, signed, into the global topic', async () => {
    const { brokers, username, password, topicPrefix } = kafka;
    const consumer = new kafkajs.Kafka({
      brokers: [...brokers],
      sasl: { mechanism: 'plain', username, password },
      logLevel: kafkajs.logLevel.NOTHING,
    }).consumer({ groupId: `${topicPrefix}spec` });
    await consumer.connect();
    await consumer.subscribe({ topics: [`${topicPrefix}global.cell.v1`], fromBeginning: true });
    const { promise, resolve } = Promise.withResolvers<string>();
    await consumer.run({
      eachMessage: ({ message }) => {
        resolve(message.value?.toString() ?? '');
        return Promise.resolve();
      },
    });
    expect(await promise).toContain('"sig":');
    await consumer.disconnect();
  }, 60_000);
});

describe('wrong wiring', () => {
  it.each([
    ['the database of another cell', { ENTREPOT_CELL: 'eu-1' }, 'This is the app of region in'],
    ['a misspelt setting', { ENTREPOT_CELLZ: 'x' }, 'ENTREPOT_CELLZ: is not a setting'],
    [
      'a key of the border',
      { ENTREPOT_ENVELOPE_KEY_FILE: '/x' },
      'belongs to the border process alone',
    ],
    ['no cells file', { ENTREPOT_CELLS: '/nowhere.json' }, 'The cells file cannot be read'],
  ])('%s stops the start with one sentence', async (_name, changes, sentence) => {
    const { code, output } = await runToEnd('apps/india/src/main.api.ts', {
      ...apiEnvironment(),
      ...changes,
    });
    expect(code).toBe(1);
    expect(output).toContain(sentence);
    expect(output).not.toContain('    at ');
  });

  it('a foreign database, Kafka cluster and KMS are all named', async () => {
    const foreign = await testDatabase('shop', { cell: 'eu-1' });
    const other = await makeCells({
      kafkaClusterId: 'not-this-one',
      cellPorts: { india: ports.border, europe: 1 },
    });
    const { code, output } = await runToEnd('apps/india/src/main.api.ts', {
      ...apiEnvironment(),
      ENTREPOT_CELLS: other.file,
      ENTREPOT_SHOP_DATABASE_URL: foreign.urlFor('api'),
      ENTREPOT_KMS_ENDPOINT: (await testKms({ cell: 'eu-1' })).endpoint,
    });
    expect(code).toBe(1);
    expect(output).toContain('The shop database belongs to cell eu-1 of region eu');
    expect(output).toContain('The Kafka cluster is');
    expect(output).toContain('The KMS endpoint refuses what is signed for ap-south-1');
    await foreign.drop();
  }, 60_000);
});

describe('the end of a process', () => {
  it('is clean on SIGTERM, and its log held nothing but listed fields', async () => {
    const api = processes[0];
    expect(await api?.stop()).toBe(0);
    const lines = (api?.output() ?? '').split('\n').filter((line) => line.startsWith('{'));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines)
      expect(JSON.parse(line)).toMatchObject({ cell: 'in-1', process: 'api' });
    expect(api?.output()).not.toContain('field_refused');
  }, 30_000);
});
