export { configSlice, variable } from './config-slice.ts';
export type { ConfigProblem, ConfigSlice, EnvironmentVariable } from './config-slice.ts';
export { ConfigError, environmentPrefix, loadConfig } from './load-config.ts';
export type { ConfigOf, Environment, Slices } from './load-config.ts';
export { CellDirectory, CellDirectoryError } from './cell-directory.ts';
export type { CellEntry, SealingKey, TokenKey } from './cell-directory.ts';
export { environmentExample } from './environment-example.ts';
export { loopbackLookup } from './loopback-lookup.ts';
export { nodeOptions } from './node-options.ts';
export {
  allSlices,
  loadApiConfig,
  loadBorderConfig,
  loadEraserConfig,
  loadWorkerConfig,
} from './process-config.ts';
export type {
  ApiConfig,
  BorderProcessConfig,
  EraserConfig,
  WorkerConfig,
} from './process-config.ts';
export type { BorderConfig } from './slices/border.ts';
export type { CanaryConfig } from './slices/canary.ts';
export type { DatabaseConfig } from './slices/databases.ts';
export type { DemoConfig } from './slices/demo.ts';
export type { BorderClientConfig, HttpConfig } from './slices/http.ts';
export type { ErasureConfig } from './slices/erasure.ts';
export type { KafkaConfig } from './slices/kafka.ts';
export type { FingerprintConfig, RelocationConfig, TokenKeyConfig } from './slices/keys.ts';
export type { KmsConfig } from './slices/kms.ts';
export type { MailConfig, RecipientsConfig } from './slices/mail.ts';
export type { PaymentsConfig } from './slices/payments.ts';
export type { ProcessConfig, Profile } from './slices/process.ts';
export type { RedisConfig } from './slices/redis.ts';
export type { StockWitnessConfig } from './slices/stock-witness.ts';
export type { SubjectKeysConfig } from './slices/subject-keys.ts';
export type { StockConfig } from './slices/stock.ts';
