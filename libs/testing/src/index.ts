export { withClient } from '@entrepot/stack';
export { testDatabase } from './test-database.ts';
export type { DatabaseRole, TestDatabase, TestDatabaseOptions } from './test-database.ts';
export { recordTestProcess, testFolder } from './test-folder.ts';
export { testKafka } from './test-kafka.ts';
export type { TestKafka, TestKafkaOptions } from './test-kafka.ts';
export { testKms } from './test-kms.ts';
export type {
  KmsAuditRecord,
  KmsCredentials,
  KmsFaultPlan,
  KmsPrincipal,
  TestKms,
  TestKmsOptions,
} from './test-kms.ts';
export { testRedis } from './test-redis.ts';
export type { TestRedis } from './test-redis.ts';
