import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import kafkajs from 'kafkajs';
import type { AclEntry, AclOperationTypes, AclResourceTypes } from 'kafkajs';

import { repositoryRoot } from '../stack-paths.ts';

export interface TopicDeclaration {
  readonly name: string;
  readonly partitions: number;
  readonly cleanup: 'delete' | 'compact';
  readonly retentionHours?: number;
}
export interface TopicList {
  readonly topics: readonly TopicDeclaration[];
  /** Shows that a mirror works: a process that is alive may be mirroring nothing. */
  readonly mirrorCanary: TopicDeclaration;
}

/** Every topic of a cell, from `infra/kafka/topics.json`. */
export function readTopicList(): TopicList {
  const file = join(repositoryRoot, 'infra', 'kafka', 'topics.json');
  return JSON.parse(readFileSync(file, 'utf8')) as TopicList;
}

/** Who may log in at a cell's broker. `mirrorReader` names the peer whose mirror reads here. */
export const kafkaPrincipals = {
  admin: 'admin',
  api: 'api',
  worker: 'worker',
  border: 'border',
  mirrorWriter: 'mirror-writer',
  mirrorReader: (peer: string) => `mirror-reader-${peer}`,
} as const;

const isGlobal = ({ name }: TopicDeclaration) => name.startsWith('global.');

/** The topics that cross: the mirror's list, by name. */
export const crossingTopics = (list: TopicList): readonly TopicDeclaration[] => [
  ...list.topics.filter(isGlobal),
  list.mirrorCanary,
];

/** A peer's topics as they arrive here: `in-1.global.inventory.v1`. */
export const mirroredTopics = (list: TopicList, peer: string): readonly TopicDeclaration[] =>
  crossingTopics(list).map((topic) => ({ ...topic, name: `${peer}.${topic.name}` }));

/** What exists at the broker of a cell with these peers, mirrored topics included. */
export const topicsOfCell = (
  list: TopicList,
  peers: readonly string[],
): readonly TopicDeclaration[] => [
  ...list.topics,
  list.mirrorCanary,
  ...peers.flatMap((peer) => mirroredTopics(list, peer)),
];

const { AclPermissionTypes, ResourcePatternTypes } = kafkajs;
const { TOPIC, GROUP } = kafkajs.AclResourceTypes;
const { READ, WRITE, DESCRIBE, CREATE, DESCRIBE_CONFIGS } = kafkajs.AclOperationTypes;

interface Grant {
  readonly principal: string;
  readonly type: AclResourceTypes;
  readonly name: string;
  readonly isPrefix?: boolean;
  readonly operations: readonly AclOperationTypes[];
}

function entriesOf(grant: Grant): AclEntry[] {
  return grant.operations.map((operation) => ({
    principal: `User:${grant.principal}`,
    host: '*',
    resourceType: grant.type,
    resourceName: grant.name,
    resourcePatternType: grant.isPrefix
      ? ResourcePatternTypes.PREFIXED
      : ResourcePatternTypes.LITERAL,
    operation,
    permissionType: AclPermissionTypes.ALLOW,
  }));
}

/**
 * Least rights, topic by topic. The border process alone writes `global.*`; a peer's mirror reads the
 * crossing topics and can do nothing else; the mirror's writer fills `<peer>.global.*` and keeps its
 * own positions in `mm2-*`. The administrator is a super user and needs no entry.
 */
export function accessList(list: TopicList, peers: readonly string[]): readonly AclEntry[] {
  const topic = (principal: string, name: string, ...operations: AclOperationTypes[]): Grant => ({
    principal,
    type: TOPIC,
    name,
    operations,
  });
  const groups = (principal: string, prefix: string): Grant => ({
    principal,
    type: GROUP,
    name: prefix,
    isPrefix: true,
    operations: [READ, DESCRIBE],
  });
  const { api, worker, border, mirrorWriter, mirrorReader } = kafkaPrincipals;
  const arriving = peers.flatMap((peer) => mirroredTopics(list, peer)).map(({ name }) => name);
  const own = list.topics.map((declared) => ({ ...declared, global: isGlobal(declared) }));
  const internal = { type: TOPIC, name: 'mm2-', isPrefix: true };
  const grants: readonly Grant[] = [
    ...own.map(({ name }) => topic(api, name, DESCRIBE)),
    ...own.map(({ name, global }) =>
      global ? topic(worker, name, READ, DESCRIBE) : topic(worker, name, READ, WRITE, DESCRIBE),
    ),
    ...own.filter(({ global }) => global).map(({ name }) => topic(border, name, WRITE, DESCRIBE)),
    ...arriving.map((name) => topic(worker, name, READ, DESCRIBE)),
    ...arriving.map((name) => topic(border, name, READ, DESCRIBE)),
    // an erasure looks through every topic there is, whoever made it
    topic(worker, '*', READ, DESCRIBE),
    groups(worker, 'worker.'),
    groups(border, 'border.'),
    // how far the workers are, for readiness; to join a group would take READ
    { ...groups(api, 'worker.'), operations: [DESCRIBE] },
    ...peers.flatMap((peer) =>
      crossingTopics(list).map(({ name }) => topic(mirrorReader(peer), name, READ, DESCRIBE)),
    ),
    ...arriving.map((name) => topic(mirrorWriter, name, WRITE, DESCRIBE)),
    {
      ...internal,
      principal: mirrorWriter,
      operations: [CREATE, READ, WRITE, DESCRIBE, DESCRIBE_CONFIGS],
    },
    ...peers.map((peer) => groups(mirrorWriter, `${peer}-mm2`)),
  ];
  return grants.flatMap(entriesOf);
}
