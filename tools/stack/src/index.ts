export { StackError, sentenceFor } from './stack-error.ts';
export { StackPaths, repositoryRoot } from './stack-paths.ts';
export { StackLock } from './stack-lock.ts';
export { SecretStore } from './secret-store.ts';
export { makeCertificate } from './cell-certificate.ts';
export { identitySecrets } from './cell-identity.ts';
export { identityOf, isAlive, signalProcess, waitForEnd } from './process-identity.ts';
export type { ProcessIdentity } from './process-identity.ts';
export { endLeftovers, readRecord as readProcesses } from './process-record.ts';
export { requireRunning } from './require-running.ts';
export { readDescription, requireDescription, writeDescription } from './stack-description.ts';
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
export type { RecordedChunk } from './services/fault-proxy.ts';
export { linkFlows, linkSilences } from './services/link-way.ts';
export type { LinkFlow, LinkSilence } from './services/link-way.ts';
export { findRedis } from './services/redis-program.ts';
export { startRedis } from './services/redis.ts';
export { composeAll } from './database/compose-all.ts';
export { clusterNames } from './database/namespaces.ts';
export type { ClusterName } from './database/namespaces.ts';
export { readMigrations } from './database/compose.ts';
export {
  asRole,
  deployCluster,
  migrationState,
  onDatabase,
  prepareDatabase,
  withClient,
  writeIdentity,
} from './database/deploy.ts';
export type { CellIdentity, DeployOptions } from './database/deploy.ts';
export type { Namespace } from './database/namespaces.ts';
export {
  accessOf,
  loginRolesOf,
  newPasswords,
  readClusterRoles,
  rolesOf,
} from './database/roles.ts';
export type { ClusterRoles, RoleDeclaration, RolePasswords } from './database/roles.ts';
export { throwawaySettings, withScratchServer } from './database/scratch-server.ts';
export { freePort, startPostgres } from './services/postgres.ts';
export { takeBaseBackup } from './services/postgres-backup.ts';
export type { BackupSource } from './services/postgres-backup.ts';
export { runtimeOf } from './native/region-runtime.ts';
export type { PostgresOptions, RunningPostgres } from './services/postgres.ts';
export { synchronousTo } from './services/postgres-files.ts';
export { withStackLock } from './with-stack-lock.ts';
export { findKafka } from './services/kafka-download.ts';
export type { KafkaProgram } from './services/kafka-download.ts';
export { recordKafkaClasses } from './services/kafka-classes.ts';
export { startKafkaBroker } from './services/kafka.ts';
export type { BrokerPeer, KafkaBrokerOptions, RunningKafkaBroker } from './services/kafka.ts';
export { kafkaPrincipals, readTopicList, topicsOfCell } from './services/kafka-access.ts';
export type { TopicDeclaration, TopicList } from './services/kafka-access.ts';
export { startMirrorMaker } from './services/mirror-maker.ts';
export type { BrokerLogin, MirrorMakerOptions, MirrorSource } from './services/mirror-maker.ts';
export { isClusterName, namespaces } from './database/namespaces.ts';
export { apiProcessesMax, NativeStack } from './native/native-stack.ts';
export type { StartOptions } from './native/native-stack.ts';
export { keyDrivers } from './native/key-driver-mark.ts';
export type { KeyDriver } from './native/key-driver-mark.ts';
export type { BorderPreload, CellClocks } from './native/stack-context.ts';
export type { LinkStatus } from './control-server.ts';
export type { ServiceState, ServiceStatus } from './supervisor.ts';
export { createStandby, startStandby } from './services/postgres-standby.ts';
export type { StandbyOptions } from './services/postgres-standby.ts';
export { readPorts } from './port-plan.ts';
export { StackPorts } from './cell-ports.ts';
export { crossingKinds, crossingName, crossingOf } from './crossings.ts';
export type { Crossing, CrossingKind } from './crossings.ts';
export { copyCatalogAnew } from './services/catalog-copy.ts';
export type { CatalogCopy, CopiedTable } from './services/catalog-copy.ts';
export {
  catalogPublication,
  catalogReplicationStatus,
  subscribeToCatalog,
  subscriptionNameOf,
  unconfirmedBytes,
} from './services/catalog-replication.ts';
export type {
  CatalogReplicationStatus,
  CatalogSubscription,
} from './services/catalog-replication.ts';
export { ProcessRecord } from './process-record.ts';
export { markSupervision } from './supervision-mark.ts';
export { Supervisor } from './supervisor.ts';
export type { ServiceDefinition } from './supervisor.ts';
export { compareCatalogues, readCatalogue, readStoredCatalogue } from './database/catalogue.ts';
export type { Catalogue, CatalogueColumn } from './database/catalogue.ts';
export { findDrift, findLiveDrift, findSchemaDrift } from './database/drift.ts';
export type { ClusterDrift } from './database/drift.ts';
export { clusterFolder } from './database/namespaces.ts';
export { clustersOfStack } from './database/running-clusters.ts';
export type { RunningCluster } from './database/running-clusters.ts';
export { makeFolder, writeOwned } from './services/postgres.ts';
export { cellKeySecret } from './native/cell-keys.ts';
export type { CellKeyName } from './native/cell-keys.ts';
export { withKmsOfStoppedCell } from './native/stopped-cell.ts';
export { startAnotherApi } from './native/another-api.ts';
export type { AnotherApi, AnotherApiOptions } from './native/another-api.ts';
export {
  assertNoRestoreUnderWay,
  clearRestoreMark,
  readRestoreMark,
  setAsideOf,
  stagingOf,
  writeRestoreMark,
} from './restore-mark.ts';
export type { RestoreMark } from './restore-mark.ts';
export { postgresMajor } from './services/postgres-program.ts';
