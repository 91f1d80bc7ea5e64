export { StackError, sentenceFor } from './stack-error.ts';
export { StackPaths, repositoryRoot } from './stack-paths.ts';
export { StackLock } from './stack-lock.ts';
export { SecretStore } from './secret-store.ts';
export { identityOf, isAlive, signalProcess, waitForEnd } from './process-identity.ts';
export type { ProcessIdentity } from './process-identity.ts';
export { endLeftovers } from './process-record.ts';
export {
  describePeople,
  readDescription,
  requireDescription,
  writeDescription,
} from './stack-description.ts';
export type {
  DemoShopper,
  DemoStaff,
  DescribedCell,
  StackDescription,
} from './stack-description.ts';
export { findTopology, followersOf, leaderOf } from './topology.ts';
export type { CellTopology, Topology } from './topology.ts';
export type { Stage, Step, StepEvent } from './stage.ts';
export type { RunningService } from './services/running-service.ts';
export { startSpawnedService } from './services/spawned-service.ts';
export { answersOk, startNodeProcess } from './services/node-process.ts';
export { FaultProxy } from './services/fault-proxy.ts';
export { findRedis } from './services/redis-program.ts';
export { startRedis } from './services/redis.ts';
export { composeAll } from './database/compose-all.ts';
export { clusterNames } from './database/namespaces.ts';
export type { ClusterName } from './database/namespaces.ts';
