import { RedisSharedCache } from '@entrepot/platform-cache';
import type {
  ErasureConfig,
  KafkaConfig,
  KmsConfig,
  RecipientsConfig,
  WorkerConfig,
} from '@entrepot/platform-config';
import { readPeerHealth } from '@entrepot/platform-messaging';
import { CellDatabases } from './databases.ts';
import { readKafkaClusterId } from './kafka-cluster.ts';
import { KmsEndpoint } from './kms-endpoint.ts';
import { outboxProbe, replicationProbe } from './lag-probes.ts';
import { clientName, refuseDemo, refuseWrongWiring } from './process-context.ts';
import type { ProcessContext } from './process-context.ts';
import { quarantineProbe, refuseQuarantine } from './quarantine.ts';
import type { ReadinessProbe } from './readiness.ts';

type StoreConfig = Pick<
  WorkerConfig,
  'catalog' | 'shop' | 'vault' | 'redis' | 'payments' | 'mail'
> & {
  /** Of a worker only. */
  readonly recipients?: RecipientsConfig;
  readonly erasure?: ErasureConfig;
  readonly kafka: KafkaConfig;
  readonly kms: KmsConfig;
};

const endpointsOf = (recipients: RecipientsConfig | undefined): Record<string, string> =>
  recipients === undefined
    ? {}
    : {
        ENTREPOT_MAIL_ERASURE_URL: recipients.mail.url,
        ENTREPOT_PSP_ERASURE_URL: recipients.payments.url,
      };

/** Everything an API or worker process is connected to, opened and held against its own cell. */
export class CellStores {
  readonly databases: CellDatabases;
  readonly cache: RedisSharedCache;
  readonly kms: KmsEndpoint;

  private constructor(context: ProcessContext, config: StoreConfig) {
    this.databases = new CellDatabases(context, config);
    this.cache = new RedisSharedCache({
      url: config.redis.url,
      keyPrefix: `${context.cell.id}:cache:`,
    });
    this.kms = new KmsEndpoint(config.kms, context);
  }

  /** Opens the stores; throws `WrongWiringError` where one is not this cell's. */
  static async open(context: ProcessContext, config: StoreConfig): Promise<CellStores> {
    await refuseDemo(context, {
      files: [],
      secrets: {
        ENTREPOT_CATALOG_DATABASE_URL: config.catalog.url,
        ENTREPOT_SHOP_DATABASE_URL: config.shop.url,
        ENTREPOT_VAULT_DATABASE_URL: config.vault.url,
        ENTREPOT_REDIS_URL: config.redis.url,
        ENTREPOT_KAFKA_PASSWORD: config.kafka.password,
        ENTREPOT_KMS_SECRET_ACCESS_KEY: config.kms.secretAccessKey,
        ENTREPOT_PSP_SECRET_KEY: config.payments.secretKey,
        ENTREPOT_PSP_WEBHOOK_SECRET: config.payments.webhookSecret,
        ENTREPOT_MAIL_PASSWORD: config.mail.password,
      },
      kmsEndpoint: config.kms.endpoint,
      ...(config.erasure !== undefined && { erasureEvidence: config.erasure.evidence }),
    });
    const stores = new CellStores(context, config);
    refuseWrongWiring({
      cell: context.cell.id,
      profile: context.config.profile,
      region: context.region,
      directory: context.directory,
      databases: await stores.databases.markers(),
      kafkaClusterId: await readKafkaClusterId(config.kafka, clientName(context)),
      egress: context.egress.list,
      endpoints: {
        ENTREPOT_KMS_ENDPOINT: config.kms.endpoint,
        ENTREPOT_PSP_BASE_URL: config.payments.baseUrl,
        ENTREPOT_MAIL_SMTP_URL: config.mail.url,
        ...endpointsOf(config.recipients),
      },
      kms: { endpoint: stores.kms.url, verdict: await stores.kms.judge() },
    });
    await refuseQuarantine(stores.databases);
    return stores;
  }

  probes(context: ProcessContext): ReadinessProbe[] {
    const { shop, vault } = this.databases;
    return [
      ...this.databases.probes(),
      quarantineProbe(this.databases),
      this.kms.probe(),
      replicationProbe('shop', shop),
      replicationProbe('vault', vault),
      outboxProbe('local', shop),
      outboxProbe('global', shop),
      ...this.peerProbes(context),
    ];
  }

  async close(): Promise<void> {
    this.kms.close();
    this.cache.close();
    await this.databases.close();
  }

  /** Seconds since a peer was last heard; a silent peer is no reason to stop serving. */
  private peerProbes({ directory, cell }: ProcessContext): ReadinessProbe[] {
    return directory.peersOf(cell.id).map((peer) => ({
      name: `peer ${peer.id}`,
      required: false,
      lag: { kind: 'peer' as const, of: peer.id },
      measure: async () => {
        const heard = await readPeerHealth(this.databases.shop);
        const heardAt = heard.find((row) => row.cell === peer.id)?.heardAt;
        if (!heardAt) throw new Error(`${peer.id} has not been heard`);
        return Math.max(0, (Date.now() - heardAt.getTime()) / 1000);
      },
    }));
  }
}
