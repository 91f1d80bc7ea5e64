import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import kafkajs from 'kafkajs';
import type { Admin, Kafka } from 'kafkajs';

import { repositoryRoot } from '../stack-paths.ts';
import { javaCommand } from './java-process.ts';
import { crossingTopics, kafkaPrincipals, readTopicList } from './kafka-access.ts';
import type { TopicDeclaration } from './kafka-access.ts';
import type { KafkaProgram } from './kafka-download.ts';
import type { RunningService } from './running-service.ts';
import { startSpawnedService } from './spawned-service.ts';

const readyTimeoutMs = 120_000;
const requestTimeoutMs = 5_000;
const canaryPollMs = 100;
const heapMaxMegabytes = 256;

export interface BrokerLogin {
  readonly brokers: readonly string[];
  readonly username: string;
  readonly password: string;
}

export interface MirrorSource {
  readonly cell: string;
  /** The source's BORDER listener, through its fault proxy, as this cell's mirror reader. */
  readonly reader: BrokerLogin;
  /** May write the canary topic at the source; the mirror itself never sees this login. */
  readonly canaryWriter: BrokerLogin;
}

export interface MirrorMakerOptions {
  readonly name: string;
  readonly program: KafkaProgram;
  readonly target: {
    readonly cell: string;
    /** As the mirror's writer, at the LOCAL listener. */
    readonly writer: BrokerLogin;
    /** May describe the canary topics at the target. */
    readonly canaryReader: BrokerLogin;
  };
  readonly sources: readonly MirrorSource[];
  readonly dataFolder: string;
  readonly logFile: string;
  /** All of `infra/kafka/topics.json` that cross, by default; they exist at both ends beforehand. */
  readonly topics?: readonly TopicDeclaration[];
  /** Leaves the classes it loaded behind when it ends, for `keepArchive`. */
  readonly isRecording?: boolean;
}

const login = (alias: string, { brokers, username, password }: BrokerLogin) => ({
  [`${alias}.bootstrap.servers`]: brokers.join(','),
  [`${alias}.security.protocol`]: 'SASL_PLAINTEXT',
  [`${alias}.sasl.mechanism`]: 'PLAIN',
  [`${alias}.sasl.jaas.config`]:
    'org.apache.kafka.common.security.plain.PlainLoginModule required ' +
    `username="${username}" password="${password}";`,
});

/** Topics by name, never by pattern; nothing but records is carried. */
function mirrorProperties(options: MirrorMakerOptions): string {
  const { target, sources } = options;
  const topics = options.topics ?? crossingTopics(readTopicList());
  const names = topics.map(({ name }) => name.replaceAll('.', '[.]')).join(',');
  const settings: Record<string, string | number | boolean> = {
    clusters: [target.cell, ...sources.map(({ cell }) => cell)].join(','),
    ...login(target.cell, target.writer),
    // One copy of Connect's own topics, kept at the target.
    [`${target.cell}.offset.storage.replication.factor`]: 1,
    [`${target.cell}.status.storage.replication.factor`]: 1,
    [`${target.cell}.config.storage.replication.factor`]: 1,
    [`${target.cell}.offset.storage.partitions`]: 1,
    [`${target.cell}.status.storage.partitions`]: 1,
    // The mirror and each of its workers looks for plugins; to scan every class for them takes seconds.
    'plugin.discovery': 'service_load',
    [`${target.cell}.plugin.discovery`]: 'service_load',
    [`${target.cell}.offset.flush.interval.ms`]: 1_000,
    'replication.factor': 1,
    'tasks.max': 1,
    // The mirrored topics are declared with the brokers, so the mirror needs no right to read or
    // to change what a topic is set to.
    'sync.topic.configs.enabled': false,
    'sync.topic.acls.enabled': false,
    'sync.group.offsets.enabled': false,
    'refresh.groups.enabled': false,
    'refresh.topics.interval.seconds': 5,
    'emit.checkpoints.enabled': false,
    'emit.heartbeats.enabled': false,
    'emit.offset-syncs.enabled': false,
    'heartbeats.replication.enabled': false,
    'dedicated.mode.enable.internal.rest': false,
  };
  for (const { cell, reader } of sources) {
    Object.assign(settings, login(cell, reader));
    settings[`${cell}->${target.cell}.enabled`] = true;
    settings[`${cell}->${target.cell}.topics`] = names;
    settings[`${target.cell}->${cell}.enabled`] = false;
    // Reading goes on where it was after a cut of any length, without minutes of back-off.
    settings[`${cell}.reconnect.backoff.max.ms`] = 1_000;
  }
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

function client({ brokers, username, password }: BrokerLogin): Kafka {
  return new kafkajs.Kafka({
    clientId: 'entrepot-stack',
    brokers: [...brokers],
    sasl: { mechanism: 'plain', username, password },
    connectionTimeout: requestTimeoutMs,
    retry: { retries: 5, initialRetryTime: 50, maxRetryTime: 500 },
    logLevel: kafkajs.logLevel.NOTHING,
  });
}

/** Writes a record at every source and watches the mirrored topics at the target grow. */
class Canary {
  private readonly topic = readTopicList().mirrorCanary.name;
  private readonly admin: Admin;
  private readonly before = new Map<string, bigint>();

  constructor(private readonly options: MirrorMakerOptions) {
    this.admin = client(options.target.canaryReader).admin();
  }

  async start(): Promise<void> {
    await this.admin.connect();
    for (const topic of this.mirrored) this.before.set(topic, await this.length(topic));
    for (const { canaryWriter } of this.options.sources) {
      const writer = client(canaryWriter).producer({ allowAutoTopicCreation: false });
      await writer.connect();
      await writer.send({ topic: this.topic, messages: [{ value: 'canary' }] });
      await writer.disconnect();
    }
  }

  async hasArrived(): Promise<boolean> {
    await new Promise((resolve) => setTimeout(resolve, canaryPollMs));
    for (const [topic, before] of this.before) {
      if ((await this.length(topic)) <= before) return false;
    }
    return true;
  }

  async end(): Promise<void> {
    await this.admin.disconnect();
  }

  private get mirrored(): readonly string[] {
    return this.options.sources.map(({ cell }) => `${cell}.${this.topic}`);
  }

  private async length(topic: string): Promise<bigint> {
    const partitions = await this.admin.fetchTopicOffsets(topic);
    return partitions.reduce((sum, { high }) => sum + BigInt(high), 0n);
  }
}

/**
 * Starts the mirror that carries every peer's crossing topics into one cell. It is ready when a record
 * has made the way from every source; that a process is alive proves nothing about it.
 */
export async function startMirrorMaker(options: MirrorMakerOptions): Promise<RunningService> {
  mkdirSync(options.dataFolder, { recursive: true, mode: 0o700 });
  const file = join(options.dataFolder, 'mirror-maker.properties');
  writeFileSync(file, mirrorProperties(options), { mode: 0o600 });
  const java = javaCommand(
    options.program,
    {
      mainClass: 'org.apache.kafka.connect.mirror.MirrorMaker',
      heapMaxMegabytes,
      archive: 'mirror',
      properties: {
        'log4j2.configurationFile': join(repositoryRoot, 'infra/kafka/log4j2.properties'),
      },
      args: [file, '--clusters', options.target.cell],
    },
    options.isRecording,
  );
  const canary = new Canary(options);
  try {
    await canary.start();
    return await startSpawnedService({
      name: options.name,
      command: java.command,
      args: java.args,
      env: java.env,
      cwd: options.dataFolder,
      logFile: options.logFile,
      isReady: () => canary.hasArrived(),
      readyTimeoutMs,
    });
  } finally {
    await canary.end();
  }
}

/** The principal that the mirror of `target` reads with at each of its sources. */
export const mirrorReaderOf = (target: string): string => kafkaPrincipals.mirrorReader(target);
