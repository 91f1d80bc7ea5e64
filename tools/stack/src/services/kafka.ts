import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import kafkajs from 'kafkajs';
import type { Admin } from 'kafkajs';

import { isPortFree } from '../port-plan.ts';
import { StackError } from '../stack-error.ts';
import { repositoryRoot } from '../stack-paths.ts';
import { javaCommand } from './java-process.ts';
import { accessList, kafkaPrincipals, readTopicList, topicsOfCell } from './kafka-access.ts';
import type { TopicDeclaration } from './kafka-access.ts';
import type { KafkaProgram } from './kafka-download.ts';
import type { RunningService } from './running-service.ts';
import { startSpawnedService } from './spawned-service.ts';

const run = promisify(execFile);
const readyTimeoutMs = 60_000;
const requestTimeoutMs = 5_000;
const leaderPollMs = 50;
const formatTimeoutMs = 60_000;
const heapMaxMegabytes = 256;
const host = '127.0.0.1';

export interface BrokerPeer {
  readonly cell: string;
  /** Where the mirror of this cell may log in, and nobody else. */
  readonly port: number;
  /** What the mirror is told to connect to: the port of the fault proxy in front of `port`. */
  readonly advertisedPort: number;
}

export interface KafkaBrokerOptions {
  readonly name: string;
  readonly program: KafkaProgram;
  /** 22 characters: 16 bytes in base64url. */
  readonly clusterId: string;
  readonly ports: { readonly local: number; readonly controller: number };
  readonly dataFolder: string;
  readonly logFile: string;
  /** The other cells: their mirrors read here, each at a listener of its own, and their topics arrive here. */
  readonly peers: readonly BrokerPeer[];
  /** The password of a principal of `kafkaPrincipals`. */
  readonly passwordOf: (principal: string) => string;
  /** All of a cell's by default. */
  readonly topics?: readonly TopicDeclaration[];
  /** Leaves the classes it loaded behind when it ends, for `keepArchive`. */
  readonly isRecording?: boolean;
}

export interface RunningKafkaBroker extends RunningService {
  /** For the cell's own processes. */
  readonly brokers: readonly string[];
  /** For the mirror of each peer, through the fault proxy. */
  readonly borderBrokers: Readonly<Record<string, readonly string[]>>;
  /** One line for every operation that was denied. */
  readonly authorizerLog: string;
}

const cellsOf = ({ peers }: KafkaBrokerOptions): readonly string[] => peers.map(({ cell }) => cell);

/** `eu-1` → `BORDER_EU_1`. */
const listenerOf = (cell: string): string => `BORDER_${cell.toUpperCase().replaceAll('-', '_')}`;

/** Who may log in where: a mirror at its own listener of the border only, the cell's own at the local one. */
function loginModule(users: readonly string[], options: KafkaBrokerOptions, own?: string): string {
  const { passwordOf } = options;
  const self = own === undefined ? '' : ` username="${own}" password="${passwordOf(own)}"`;
  const known = users.map((user) => ` user_${user}="${passwordOf(user)}"`).join('');
  return `org.apache.kafka.common.security.plain.PlainLoginModule required${self}${known};`;
}

function brokerProperties(options: KafkaBrokerOptions): string {
  const { ports, dataFolder, peers } = options;
  const { admin, api, worker, border, mirrorWriter, mirrorReader } = kafkaPrincipals;
  const names = ['LOCAL', 'CONTROLLER', ...peers.map(({ cell }) => listenerOf(cell))];
  const settings: Readonly<Record<string, string | number | boolean>> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${host}:${ports.controller}`,
    listeners: [
      `LOCAL://${host}:${ports.local}`,
      ...peers.map(({ cell, port }) => `${listenerOf(cell)}://${host}:${port}`),
      `CONTROLLER://${host}:${ports.controller}`,
    ].join(','),
    'advertised.listeners': [
      `LOCAL://${host}:${ports.local}`,
      ...peers.map(({ cell, advertisedPort }) => `${listenerOf(cell)}://${host}:${advertisedPort}`),
    ].join(','),
    'listener.security.protocol.map': names.map((name) => `${name}:SASL_PLAINTEXT`).join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'LOCAL',
    'sasl.enabled.mechanisms': 'PLAIN',
    'sasl.mechanism.inter.broker.protocol': 'PLAIN',
    'sasl.mechanism.controller.protocol': 'PLAIN',
    'listener.name.local.plain.sasl.jaas.config': loginModule(
      [admin, api, worker, border, mirrorWriter],
      options,
      admin,
    ),
    ...Object.fromEntries(
      peers.map(({ cell }) => [
        `listener.name.${listenerOf(cell).toLowerCase()}.plain.sasl.jaas.config`,
        loginModule([mirrorReader(cell)], options),
      ]),
    ),
    'listener.name.controller.plain.sasl.jaas.config': loginModule([admin], options, admin),
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': `User:${admin}`,
    'allow.everyone.if.no.acl.found': false,
    'auto.create.topics.enable': false,
    'log.dirs': join(dataFolder, 'log'),
    // One node: every internal topic has one copy.
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 3,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    // Small machine, quick restarts: the default session of 9 s is waited out after every kill.
    'broker.session.timeout.ms': 2_000,
    'broker.heartbeat.interval.ms': 500,
    'group.initial.rebalance.delay.ms': 0,
    // Lets a client choose how soon a killed member's partitions pass on; the floor is else 6 s.
    'group.min.session.timeout.ms': 1_000,
    'num.network.threads': 1,
    'num.io.threads': 2,
    'log.cleaner.dedupe.buffer.size': 4_194_304,
    'log.segment.bytes': 16_777_216,
    'log.index.size.max.bytes': 1_048_576,
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

const sasl = (options: KafkaBrokerOptions) => ({
  mechanism: 'plain' as const,
  username: kafkaPrincipals.admin,
  password: options.passwordOf(kafkaPrincipals.admin),
});

function adminClient(options: KafkaBrokerOptions) {
  return new kafkajs.Kafka({
    clientId: 'entrepot-stack',
    brokers: [`${host}:${options.ports.local}`],
    sasl: sasl(options),
    connectionTimeout: requestTimeoutMs,
    authenticationTimeout: requestTimeoutMs,
    retry: { retries: 5, initialRetryTime: 50, maxRetryTime: 500 },
    logLevel: kafkajs.logLevel.NOTHING,
  }).admin();
}

/** Every listener accepts connections; what follows may then wait for real answers. */
async function listens(options: KafkaBrokerOptions): Promise<boolean> {
  const ports = [options.ports.local, ...options.peers.map(({ port }) => port)];
  const free = await Promise.all(ports.map(isPortFree));
  return !free.includes(true);
}

async function isLed(admin: Admin, topic: string): Promise<boolean> {
  try {
    await admin.fetchTopicOffsets(topic);
    return true;
  } catch {
    return false;
  }
}

/** A broker that accepts connections may not lead its topics yet, right after a start or a creation. */
async function untilLed(admin: Admin, topics: readonly string[]): Promise<void> {
  const end = performance.now() + readyTimeoutMs;
  for (const topic of topics) {
    while (!(await isLed(admin, topic))) {
      if (performance.now() > end) throw new StackError(`Kafka does not lead ${topic}`);
      await new Promise((resolve) => setTimeout(resolve, leaderPollMs));
    }
  }
}

/** An entry is accepted before it holds; a process that came in between would be turned away for good. */
async function untilGranted(admin: Admin, entries: number): Promise<void> {
  const end = performance.now() + readyTimeoutMs;
  for (;;) {
    const { resources } = await admin.describeAcls({
      resourceType: kafkajs.AclResourceTypes.ANY,
      resourcePatternType: kafkajs.ResourcePatternTypes.ANY,
      operation: kafkajs.AclOperationTypes.ANY,
      permissionType: kafkajs.AclPermissionTypes.ANY,
    });
    if (resources.reduce((sum, { acls }) => sum + acls.length, 0) >= entries) return;
    if (performance.now() > end) throw new StackError('the access list of Kafka does not hold');
    await new Promise((resolve) => setTimeout(resolve, leaderPollMs));
  }
}

async function declareTopicsAndAccess(options: KafkaBrokerOptions): Promise<void> {
  const list = readTopicList();
  const admin = adminClient(options);
  await admin.connect();
  try {
    const existing = new Set(await admin.listTopics());
    const declared = options.topics ?? topicsOfCell(list, cellsOf(options));
    await admin.createTopics({
      waitForLeaders: false,
      topics: declared
        .filter(({ name }) => !existing.has(name))
        .map(({ name, partitions, cleanup, retentionHours }) => ({
          topic: name,
          numPartitions: partitions,
          replicationFactor: 1,
          configEntries: [
            { name: 'cleanup.policy', value: cleanup },
            ...(retentionHours === undefined
              ? []
              : [{ name: 'retention.ms', value: String(retentionHours * 3_600_000) }]),
          ],
        })),
    });
    const acl = [...accessList(list, cellsOf(options))];
    if (acl.length > 0) await admin.createAcls({ acl });
    await untilGranted(admin, acl.length);
    await untilLed(
      admin,
      declared.map(({ name }) => name),
    );
  } finally {
    await admin.disconnect();
  }
}

const propertiesFile = (options: KafkaBrokerOptions) =>
  join(options.dataFolder, 'server.properties');

async function format(options: KafkaBrokerOptions): Promise<void> {
  if (existsSync(join(options.dataFolder, 'log', 'meta.properties'))) return;
  const { command, args, env } = javaCommand(options.program, {
    mainClass: 'kafka.tools.StorageTool',
    heapMaxMegabytes,
    archive: 'broker',
    properties: {
      'log4j2.configurationFile': join(repositoryRoot, 'infra/kafka/log4j2.properties'),
    },
    args: ['format', '-t', options.clusterId, '-c', propertiesFile(options), '--ignore-formatted'],
  });
  try {
    await run(command, args, { env, timeout: formatTimeoutMs });
  } catch (cause) {
    throw new StackError(`${options.name}: the storage could not be formatted`, { cause });
  }
}

async function spawnBroker(options: KafkaBrokerOptions) {
  mkdirSync(options.dataFolder, { recursive: true, mode: 0o700 });
  writeFileSync(propertiesFile(options), brokerProperties(options), { mode: 0o600 });
  await format(options);
  const authorizerLog = `${options.logFile.replace(/\.log$/, '')}-authorizer.log`;
  const java = javaCommand(
    options.program,
    {
      mainClass: 'kafka.Kafka',
      heapMaxMegabytes,
      archive: 'broker',
      properties: {
        'log4j2.configurationFile': join(repositoryRoot, 'infra/kafka/log4j2.properties'),
        'entrepot.authorizer.log': authorizerLog,
      },
      args: [propertiesFile(options)],
    },
    options.isRecording,
  );
  const service = await startSpawnedService({
    name: options.name,
    command: java.command,
    args: java.args,
    env: java.env,
    cwd: options.dataFolder,
    logFile: options.logFile,
    isReady: () => listens(options),
    readyTimeoutMs,
  });
  return { service, authorizerLog };
}

/** Starts a broker, waits until it answers, and declares its topics and its access list. */
export async function startKafkaBroker(options: KafkaBrokerOptions): Promise<RunningKafkaBroker> {
  const { service, authorizerLog } = await spawnBroker(options);
  try {
    await declareTopicsAndAccess(options);
  } catch (error) {
    await service.stop();
    throw error;
  }
  return {
    ...service,
    brokers: [`${host}:${options.ports.local}`],
    borderBrokers: Object.fromEntries(
      options.peers.map(({ cell, advertisedPort }) => [cell, [`${host}:${advertisedPort}`]]),
    ),
    authorizerLog,
  };
}
