import type { ConfigSlice } from './config-slice.ts';
import { loadConfig } from './load-config.ts';
import type { ConfigOf, Environment } from './load-config.ts';
import { borderSlice } from './slices/border.ts';
import { canarySlice } from './slices/canary.ts';
import { catalogDatabaseSlice, shopDatabaseSlice, vaultDatabaseSlice } from './slices/databases.ts';
import { demoSlice } from './slices/demo.ts';
import { erasureJournalSlice } from './slices/erasure-journal.ts';
import { erasureSlice } from './slices/erasure.ts';
import { borderClientSlice, httpSlice } from './slices/http.ts';
import { kafkaSlice } from './slices/kafka.ts';
import { fingerprintSlice, relocationSlice, tokenKeySlice } from './slices/keys.ts';
import { kmsSlice } from './slices/kms.ts';
import { mailSlice, recipientsSlice } from './slices/mail.ts';
import { paymentsSlice } from './slices/payments.ts';
import { processSlice } from './slices/process.ts';
import { redisSlice } from './slices/redis.ts';
import { stockSlice } from './slices/stock.ts';
import { stockWitnessSlice } from './slices/stock-witness.ts';
import { subjectKeysSlice } from './slices/subject-keys.ts';

const stores = {
  catalog: catalogDatabaseSlice,
  shop: shopDatabaseSlice,
  vault: vaultDatabaseSlice,
  redis: redisSlice,
  kafka: kafkaSlice,
  kms: kmsSlice,
  subjectKeys: subjectKeysSlice,
  witness: stockWitnessSlice,
} as const;

export const apiSlices = {
  process: processSlice,
  http: httpSlice,
  ...stores,
  tokenKey: tokenKeySlice,
  relocation: relocationSlice,
  fingerprint: fingerprintSlice,
  border: borderClientSlice,
  stock: stockSlice,
  payments: paymentsSlice,
  mail: mailSlice,
} as const;

export const workerSlices = {
  process: processSlice,
  ...stores,
  border: borderClientSlice,
  payments: paymentsSlice,
  mail: mailSlice,
  recipients: recipientsSlice,
  erasure: erasureSlice,
  canary: canarySlice,
  demo: demoSlice,
} as const;

export const borderSlices = {
  process: processSlice,
  shop: shopDatabaseSlice,
  kafka: kafkaSlice,
  internal: borderClientSlice,
  stock: stockSlice,
  border: borderSlice,
  witness: stockWitnessSlice,
} as const;

/** Two databases and a KMS: the process that ends keys is reached by nobody and reaches little. */
export const eraserSlices = {
  process: processSlice,
  shop: shopDatabaseSlice,
  vault: vaultDatabaseSlice,
  kms: kmsSlice,
  journal: erasureJournalSlice,
  subjectKeys: subjectKeysSlice,
} as const;

export type ApiConfig = ConfigOf<typeof apiSlices>;
export type WorkerConfig = ConfigOf<typeof workerSlices>;
export type BorderProcessConfig = ConfigOf<typeof borderSlices>;
export type EraserConfig = ConfigOf<typeof eraserSlices>;

/** Every slice once, in the order of `.env.example`. */
export const allSlices: readonly ConfigSlice<unknown>[] = [
  ...new Set<ConfigSlice<unknown>>([
    ...Object.values(apiSlices),
    ...Object.values(workerSlices),
    ...Object.values(borderSlices),
    ...Object.values(eraserSlices),
  ]),
];

const notForOthers = [
  { slice: borderSlice, reason: 'belongs to the border process alone; do not hand it to others' },
];

export const loadApiConfig = (environment: Environment = process.env): ApiConfig =>
  loadConfig({ environment, slices: apiSlices, foreign: allSlices, forbidden: notForOthers });

export const loadWorkerConfig = (environment: Environment = process.env): WorkerConfig =>
  loadConfig({ environment, slices: workerSlices, foreign: allSlices, forbidden: notForOthers });

export const loadBorderConfig = (environment: Environment = process.env): BorderProcessConfig =>
  loadConfig({ environment, slices: borderSlices, foreign: allSlices });

export const loadEraserConfig = (environment: Environment = process.env): EraserConfig =>
  loadConfig({ environment, slices: eraserSlices, foreign: allSlices, forbidden: notForOthers });
