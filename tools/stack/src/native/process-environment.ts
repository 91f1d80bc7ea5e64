import { identitySecrets } from '../cell-identity.ts';
import { clusterNames } from '../database/namespaces.ts';
import type { ClusterName } from '../database/namespaces.ts';
import type { CellTopology } from '../topology.ts';
import { databaseUrlOf } from './cell-databases.ts';
import { kafkaBrokersOf, kafkaPasswordOf } from './cell-kafka.ts';
import { cellKeyArn } from './cell-keys.ts';
import { kmsCredentialsOf, kmsEndpointOf } from './cell-kms.ts';
import { mailEnvironment, recipientEnvironment } from './cell-mail.ts';
import { writeDemoPeople } from './demo-people.ts';
import { paymentEnvironment } from './psp-sandbox.ts';
import { redisUrlOf } from './cell-redis.ts';
import type { ProcessKind } from './cell-redis.ts';
import { sealingSecrets } from './sealing-key.ts';
import type { StackContext } from './stack-context.ts';

const fingerprintKeyBytes = 32;

export type Environment = Readonly<Record<string, string>>;

/** What every process of a cell is told; each kind with logins of its own. */
function commonEnvironment(context: StackContext, cell: string, kind: ProcessKind): Environment {
  return {
    ENTREPOT_PROFILE: 'development',
    ENTREPOT_CELL: cell,
    ENTREPOT_CELLS: context.paths.cellsSeenBy(cell),
    ENTREPOT_SHOP_DATABASE_URL: databaseUrlOf(context, cell, loginOf('shop', kind)),
    ENTREPOT_KAFKA_BROKERS: kafkaBrokersOf(context, cell),
    ENTREPOT_KAFKA_USERNAME: kind,
    ENTREPOT_KAFKA_PASSWORD: kafkaPasswordOf(context, cell, kind),
    ENTREPOT_STOCK_WITNESS_FILE: context.paths.stockWitnessOf(cell),
    ENTREPOT_BORDER_INTERNAL_URL: `http://127.0.0.1:${context.ports.of(cell, 'border-internal')}`,
    ENTREPOT_BORDER_INTERNAL_SECRET: context.secrets.password(`${cell}/border/internal-secret`),
  };
}

const loginOf = (cluster: ClusterName, kind: ProcessKind) => ({
  cluster,
  role: `${cluster}_${kind}`,
});

/** The stores that the border process has no business with. */
function storeEnvironment(
  context: StackContext,
  cell: string,
  kind: 'api' | 'worker',
): Environment {
  const kms = kmsCredentialsOf(context, cell, kind);
  const databases = clusterNames.map((cluster) => [
    `ENTREPOT_${cluster.toUpperCase()}_DATABASE_URL`,
    databaseUrlOf(context, cell, loginOf(cluster, kind)),
  ]);
  return {
    ...(Object.fromEntries(databases) as Environment),
    ENTREPOT_REDIS_URL: redisUrlOf(context, cell, kind),
    ENTREPOT_KMS_ENDPOINT: kmsEndpointOf(context, cell),
    ENTREPOT_KMS_ACCESS_KEY_ID: kms.accessKeyId,
    ENTREPOT_KMS_SECRET_ACCESS_KEY: kms.secretAccessKey,
    ENTREPOT_SUBJECT_KEYS: context.keyDriver,
  };
}

export function apiEnvironment(
  context: StackContext,
  topology: CellTopology,
  index: number,
): Environment {
  const cell = topology.id;
  const port = context.ports.apisOf(cell, context.apiProcesses)[index - 1];
  return {
    ...commonEnvironment(context, cell, 'api'),
    ...storeEnvironment(context, cell, 'api'),
    ...paymentEnvironment(context, topology),
    ...mailEnvironment(context, cell),
    ENTREPOT_HTTP_HOST: '127.0.0.1',
    ENTREPOT_HTTP_PORT: String(port),
    ENTREPOT_METRICS_PORT: String(context.ports.of(cell, `api-${index}-metrics`)),
    ENTREPOT_TOKEN_SIGNING_KEY_FILE: context.secrets.pathOf(identitySecrets(cell).tokenKey),
    ENTREPOT_SEALING_KEY_FILE: context.secrets.pathOf(sealingSecrets(cell).privateHalf),
    ENTREPOT_FINGERPRINT_KEY: context.secrets.key(
      `${cell}/api/fingerprint-key`,
      fingerprintKeyBytes,
    ),
  };
}

export function workerEnvironment(context: StackContext, topology: CellTopology): Environment {
  const cell = topology.id;
  return {
    ...commonEnvironment(context, cell, 'worker'),
    ...storeEnvironment(context, cell, 'worker'),
    ...paymentEnvironment(context, topology),
    ...mailEnvironment(context, cell),
    ...recipientEnvironment(context, cell),
    ENTREPOT_METRICS_PORT: String(context.ports.of(cell, 'worker-metrics')),
    ENTREPOT_DEMO_PEOPLE_FILE: writeDemoPeople(context, topology),
  };
}

/** The only process that gets the keys with which a cell speaks to others. */
export function borderEnvironment(context: StackContext, cell: string): Environment {
  const keys = identitySecrets(cell);
  return {
    ...commonEnvironment(context, cell, 'border'),
    ENTREPOT_METRICS_PORT: String(context.ports.of(cell, 'border-metrics')),
    ENTREPOT_BORDER_HTTP_PORT: String(context.ports.of(cell, 'border')),
    ENTREPOT_ENVELOPE_KEY_FILE: context.secrets.pathOf(keys.envelopeKey),
    ENTREPOT_CELL_TLS_KEY_FILE: context.secrets.pathOf(keys.tlsKey),
    ENTREPOT_CELL_TLS_CERTIFICATE_FILE: context.secrets.pathOf(keys.tlsCertificate),
  };
}

/**
 * Reads the approvals with the login that audits, which may change nothing; writes to the vault's ledger
 * and speaks to KMS with logins that no other process has.
 */
export function eraserEnvironment(context: StackContext, cell: string): Environment {
  const kms = kmsCredentialsOf(context, cell, 'eraser');
  return {
    ENTREPOT_PROFILE: 'development',
    ENTREPOT_CELL: cell,
    ENTREPOT_CELLS: context.paths.cellsSeenBy(cell),
    ENTREPOT_METRICS_PORT: String(context.ports.of(cell, 'eraser-metrics')),
    ENTREPOT_SHOP_DATABASE_URL: databaseUrlOf(context, cell, {
      cluster: 'shop',
      role: 'shop_audit',
    }),
    ENTREPOT_VAULT_DATABASE_URL: databaseUrlOf(context, cell, {
      cluster: 'vault',
      role: 'vault_eraser',
    }),
    ENTREPOT_KMS_ENDPOINT: kmsEndpointOf(context, cell),
    ENTREPOT_KMS_ACCESS_KEY_ID: kms.accessKeyId,
    ENTREPOT_KMS_SECRET_ACCESS_KEY: kms.secretAccessKey,
    ENTREPOT_SUBJECT_KEYS: context.keyDriver,
    ENTREPOT_ERASURE_JOURNAL_DIR: context.paths.journalOf(cell).folder,
    ENTREPOT_ERASURE_WITNESS_DIR: context.paths.journalOf(cell).witness,
    ENTREPOT_EVIDENCE_KEY_ARN: cellKeyArn(context, cell, 'evidence'),
  };
}
