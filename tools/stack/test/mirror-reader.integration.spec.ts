import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  findKafka,
  freePort,
  kafkaPrincipals,
  readTopicList,
  recordKafkaClasses,
  StackPaths,
  startKafkaBroker,
  withStackLock,
} from '@entrepot/stack';
import type { RunningKafkaBroker } from '@entrepot/stack';
import kafkajs from 'kafkajs';
import type {
  AclOperationTypes,
  Admin,
  Broker,
  Cluster,
  ConfigResourceTypes,
  Kafka,
} from 'kafkajs';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';

const principal = kafkaPrincipals.mirrorReader('eu-1');
const { topics, mirrorCanary } = readTopicList();
const listed = [...topics, mirrorCanary].map(({ name }) => name).filter(isGlobal);
const locals = topics.map(({ name }) => name).filter((name) => !isGlobal(name));
/** What arrives here from the peer is not on the list either: a mirror must not read it back. */
const arriving = listed.map((name) => `eu-1.${name}`);
const parcels = 'global.parcel.v1';
const group = 'worker.orders.payment-results';
const requestTimeoutMs = 10_000;

function isGlobal(name: string): boolean {
  return name.startsWith('global.');
}

const freePorts = async () => ({
  local: await freePort(),
  border: await freePort(),
  controller: await freePort(),
});

let folder: string;
let broker: RunningKafkaBroker;
let reader: Kafka;
let admin: Admin;
let cluster: Cluster;
let connection: Broker;

const passwordOf = (name: string): string => `${name}-${folder.slice(-6)}`;

const loginAs = (username: string, brokers: readonly string[]): Kafka =>
  new kafkajs.Kafka({
    clientId: 'mirror-reader-spec',
    brokers: [...brokers],
    sasl: { mechanism: 'plain', username, password: passwordOf(username) },
    requestTimeout: requestTimeoutMs,
    retry: { retries: 0 },
    logLevel: kafkajs.logLevel.NOTHING,
  });

/** kafkajs offers no reading without a group, and asks about a topic before it writes; a mirror's does not. */
function connectionsOf(kafka: Kafka): Cluster {
  const key = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  if (key === undefined) throw new TypeError('this kafkajs makes its connections another way');
  const create = (kafka as unknown as Record<symbol, (options: object) => Cluster>)[key];
  if (create === undefined) throw new TypeError('this kafkajs makes its connections another way');
  return create({ metadataMaxAge: 300_000, allowAutoTopicCreation: false });
}

interface RawBroker {
  fetch(request: object): Promise<{
    readonly responses: readonly {
      readonly partitions: readonly { readonly messages: readonly unknown[] }[];
    }[];
  }>;
  produce(request: object): Promise<unknown>;
  initProducerId(request: object): Promise<unknown>;
  findGroupCoordinator(request: object): Promise<unknown>;
  joinGroup(request: object): Promise<unknown>;
  describeGroups(request: object): Promise<unknown>;
  deleteGroups(groups: readonly string[]): Promise<unknown>;
  offsetFetch(request: object): Promise<unknown>;
  offsetCommit(request: object): Promise<unknown>;
}
const raw = (): RawBroker => connection as unknown as RawBroker;

const read = (topic: string) =>
  raw().fetch({
    maxWaitTime: 100,
    topics: [{ topic, partitions: [{ partition: 0, fetchOffset: '0', maxBytes: 65_536 }] }],
  });
const write = (topic: string) =>
  raw().produce({
    acks: -1,
    timeout: requestTimeoutMs,
    topicData: [{ topic, partitions: [{ partition: 0, messages: [{ value: 'forged' }] }] }],
  });
const start = [{ partition: 0, offset: '0' }];
const aclOf = (operation: AclOperationTypes) => ({
  principal: `User:${principal}`,
  host: '*',
  resourceType: kafkajs.AclResourceTypes.TOPIC,
  resourceName: 'local.orders.v1',
  resourcePatternType: kafkajs.ResourcePatternTypes.LITERAL,
  operation,
  permissionType: kafkajs.AclPermissionTypes.ALLOW,
});
const config = (type: ConfigResourceTypes, name: string, entry: string, value: string) => ({
  validateOnly: false,
  resources: [{ type, name, configEntries: [{ name: entry, value }] }],
});
const configOf = (type: ConfigResourceTypes, name: string) => ({
  includeSynonyms: false,
  resources: [{ type, name, configNames: [] }],
});

const { TOPIC, BROKER } = kafkajs.ConfigResourceTypes;
const { READ, ANY } = kafkajs.AclOperationTypes;
const anyAcl = {
  resourceType: kafkajs.AclResourceTypes.ANY,
  resourcePatternType: kafkajs.ResourcePatternTypes.ANY,
  operation: ANY,
  permissionType: kafkajs.AclPermissionTypes.ANY,
};

/** What is tried, on what it is refused, and how. */
const attempts: readonly (readonly [string, string, () => Promise<unknown>])[] = [
  ...[...locals, ...arriving].map((name) => [`read ${name}`, name, () => read(name)] as const),
  ...[...locals, ...listed, ...arriving].map(
    (name) => [`write ${name}`, name, () => write(name)] as const,
  ),
  ['look up a local topic', locals[0] ?? '', () => admin.fetchTopicOffsets(locals[0] ?? '')],
  [
    'open a transaction',
    'tx-1',
    () => raw().initProducerId({ transactionalId: 'tx-1', transactionTimeout: 30_000 }),
  ],
  [
    'create a topic',
    'global.new.v1',
    () => admin.createTopics({ topics: [{ topic: 'global.new.v1' }] }),
  ],
  ['delete a topic', parcels, () => admin.deleteTopics({ topics: [parcels] })],
  [
    'add partitions',
    parcels,
    () => admin.createPartitions({ topicPartitions: [{ topic: parcels, count: 9 }] }),
  ],
  [
    'delete records',
    parcels,
    () => admin.deleteTopicRecords({ topic: parcels, partitions: [{ partition: 0, offset: '1' }] }),
  ],
  ['read the settings of a topic', parcels, () => admin.describeConfigs(configOf(TOPIC, parcels))],
  [
    'change the settings of a topic',
    parcels,
    () => admin.alterConfigs(config(TOPIC, parcels, 'retention.ms', '1')),
  ],
  [
    'read the settings of the broker',
    'kafka-cluster',
    () => admin.describeConfigs(configOf(BROKER, '1')),
  ],
  [
    'change the settings of the broker',
    'kafka-cluster',
    () => admin.alterConfigs(config(BROKER, '1', 'log.cleaner.threads', '2')),
  ],
  ['read the access list', 'kafka-cluster', () => admin.describeAcls(anyAcl)],
  ['add to the access list', 'kafka-cluster', () => admin.createAcls({ acl: [aclOf(READ)] })],
  ['take from the access list', 'kafka-cluster', () => admin.deleteAcls({ filters: [anyAcl] })],
  [
    'move partitions',
    'kafka-cluster',
    () =>
      admin.alterPartitionReassignments({
        topics: [{ topic: parcels, partitionAssignment: [{ partition: 0, replicas: [1] }] }],
      }),
  ],
  ['see partitions move', 'kafka-cluster', () => admin.listPartitionReassignments({})],
  [
    'look a group up',
    group,
    () => raw().findGroupCoordinator({ groupId: group, coordinatorType: 0 }),
  ],
  [
    'join a group',
    group,
    () =>
      raw().joinGroup({
        groupId: group,
        memberId: '',
        sessionTimeout: 30_000,
        rebalanceTimeout: 30_000,
        protocolType: 'consumer',
        groupProtocols: [{ name: 'RoundRobinAssigner', metadata: Buffer.alloc(0) }],
      }),
  ],
  ['describe a group', group, () => raw().describeGroups({ groupIds: [group] })],
  ['delete a group', group, () => raw().deleteGroups([group])],
  [
    'read the place of a group',
    group,
    () => raw().offsetFetch({ groupId: group, topics: [{ topic: parcels, partitions: start }] }),
  ],
  [
    'move a group',
    group,
    () =>
      raw().offsetCommit({
        groupId: group,
        groupGenerationId: -1,
        memberId: '',
        topics: [{ topic: parcels, partitions: start }],
      }),
  ],
];

const refused = /(TOPIC|GROUP|CLUSTER|TRANSACTIONAL_ID)_AUTHORIZATION_FAILED/;

/** An error, or an answer that has one in it, as text. */
const answerTo = (attempt: () => Promise<unknown>): Promise<string> =>
  attempt()
    .catch((error: unknown) => error)
    .then((answer) => inspect(answer, { depth: 6 }));

/** Denials of this principal on one resource so far, as the authorizer counted them. */
const denialsOn = (resource: string): number =>
  readFileSync(broker.authorizerLog, 'utf8')
    .split('\n')
    .filter((line) => line.includes(`User:${principal} is Denied`))
    .filter((line) => line.includes(`:LITERAL:${resource} `)).length;

async function fillTopics(): Promise<void> {
  const producer = loginAs(kafkaPrincipals.admin, broker.brokers).producer();
  await producer.connect();
  await producer.sendBatch({
    topicMessages: [...listed, ...locals, ...arriving].map((topic) => ({
      topic,
      messages: [{ key: 'a', value: 'b', partition: 0 }],
    })),
  });
  await producer.disconnect();
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'entrepot-mirror-reader-'));
  const { kafkaPrograms, kafkaLock } = new StackPaths();
  const program = await withStackLock(kafkaLock, async () => {
    const found = await findKafka(kafkaPrograms);
    await recordKafkaClasses(found, await freePorts());
    return found;
  });
  const ports = await freePorts();
  const otherPort = await freePort();
  broker = await startKafkaBroker({
    name: 'mirror reader spec',
    program,
    clusterId: Buffer.from('mirror-reader-01').toString('base64url'),
    ports,
    dataFolder: join(folder, 'kafka'),
    logFile: join(folder, 'kafka.log'),
    peers: [
      { cell: 'eu-1', port: ports.border, advertisedPort: ports.border },
      { cell: 'eu-2', port: otherPort, advertisedPort: otherPort },
    ],
    passwordOf,
  });
  await fillTopics();
  reader = loginAs(principal, broker.borderBrokers['eu-1'] ?? []);
  admin = reader.admin();
  await admin.connect();
  cluster = connectionsOf(reader);
  await cluster.connect();
  await cluster.refreshMetadata();
  connection = await cluster.findControllerBroker();
});
afterAll(async () => {
  await admin.disconnect();
  await cluster.disconnect();
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("The mirror's reader", () => {
  it('sees the listed topics and no other, and no group', async () => {
    expect((await admin.listTopics()).sort()).toEqual([...listed].sort());
    expect((await admin.listGroups()).groups).toEqual([]);
  });

  it.each(listed)('reads %s', async (topic) => {
    const { responses } = await read(topic);
    expect(responses[0]?.partitions[0]?.messages).toHaveLength(1);
  });

  it.each(attempts)('may not %s', async (_, resource, attempt) => {
    const before = denialsOn(resource);
    expect(await answerTo(attempt)).toMatch(refused);
    expect(denialsOn(resource)).toBeGreaterThan(before);
  });

  // Asked for two rights of which either would do, the broker logs the lack of neither.
  it('may not number what it writes', async () => {
    const answer = await answerTo(() => raw().initProducerId({ transactionTimeout: 30_000 }));
    expect(answer).toMatch(refused);
  });

  it("cannot log in where another cell's mirror does", async () => {
    const other = loginAs(principal, broker.borderBrokers['eu-2'] ?? []).admin();
    await expect(other.connect()).rejects.toThrow(/authentication/i);
    await other.disconnect();
  });

  it("cannot log in where the cell's own processes do", async () => {
    const local = loginAs(principal, broker.brokers).admin();
    await expect(local.connect()).rejects.toThrow(/authentication/i);
    await local.disconnect();
  });
});
