import { ModulesContainer, NestFactory } from '@nestjs/core';
import { METHOD_METADATA } from '@nestjs/common/internal';
import { AbsentSharedCache } from '@entrepot/platform-cache';
import { isCellId } from '@entrepot/kernel';
import { CellDirectory } from '@entrepot/platform-config';
import type { ApiConfig } from '@entrepot/platform-config';
import { Egress } from '@entrepot/platform-egress';
import { accessRuleOf, servesRestricted } from '@entrepot/platform-http';
import type { AccessRule } from '@entrepot/platform-http';
import { Log, Metrics } from '@entrepot/platform-telemetry';
import { ApiModule } from '../bootstrap-api.ts';
import type { CellDatabases } from '../databases.ts';
import { egressListOf } from '../egress.ts';
import type { ProcessContext } from '../process-context.ts';
import { Readiness } from '../readiness.ts';
import type { RegionProfile } from '../region-profile.ts';

/** Set by @Query, @Mutation and @ResolveField on a resolver's method. */
const resolverTypeMetadata = 'graphql:resolver_type';

export interface Handler {
  /** `OrdersController.place` */
  readonly name: string;
  readonly access: AccessRule | undefined;
  /** Whether people are served whose data are restricted. */
  readonly servesRestricted: boolean;
}

export interface AssembledApi {
  /** Everything a client can call, REST and GraphQL. */
  readonly handlers: readonly Handler[];
  /** Names of all classes and tokens in the container, and of the classes of ready-made values. */
  readonly names: ReadonlySet<string>;
}

/** Assembles a region's API without opening a store or running a provider, to look at its parts. */
export async function previewApi(region: RegionProfile): Promise<AssembledApi> {
  const context = contextOf(region);
  const parts = {
    // nothing is instantiated in a preview, so nobody misses them
    databases: {} as CellDatabases,
    cache: new AbsentSharedCache(),
    readiness: new Readiness(context.cell.id, []),
    config: configOf(context),
    explorers: false,
  };
  const app = await NestFactory.createApplicationContext(ApiModule.forCell(context, parts), {
    preview: true,
    logger: false,
    abortOnError: false,
  });
  const modules = [...app.get(ModulesContainer).values()];
  const classes = new Set<object>();
  const names = new Set<string>();
  for (const module of modules) {
    for (const [token, wrapper] of [...module.providers, ...module.controllers]) {
      if (typeof token === 'function') names.add(token.name);
      if (wrapper.metatype) classes.add(wrapper.metatype).add(wrapper.metatype);
      const value: unknown = wrapper.instance;
      if (typeof value === 'object' && value !== null) names.add(value.constructor.name);
    }
  }
  for (const found of classes) if ('name' in found) names.add(String(found.name));
  await app.close();
  return { handlers: [...classes].flatMap(handlersOf), names };
}

function handlersOf(metatype: object): Handler[] {
  if (typeof metatype !== 'function') return [];
  const prototype = metatype.prototype as Record<string, unknown> | undefined;
  if (prototype === undefined) return [];
  return Object.getOwnPropertyNames(prototype).flatMap((method) => {
    const handler = Object.getOwnPropertyDescriptor(prototype, method)?.value as unknown;
    if (typeof handler !== 'function' || !isCallable(handler)) return [];
    return [
      {
        name: `${metatype.name}.${method}`,
        access: accessRuleOf(handler),
        servesRestricted: servesRestricted(handler),
      },
    ];
  });
}

function isCallable(handler: object): boolean {
  const resolverType: unknown = Reflect.getMetadata(resolverTypeMetadata, handler);
  return (
    Reflect.hasMetadata(METHOD_METADATA, handler) ||
    resolverType === 'Query' ||
    resolverType === 'Mutation'
  );
}

export function contextOf(region: RegionProfile): ProcessContext {
  const id = `${region.region}-1`;
  if (!isCellId(id)) throw new TypeError(`${id} is no cell id`);
  const bound = { cell: id, process: 'api' } as const;
  const directory = CellDirectory.parse({
    cells: [
      {
        id,
        region: region.region,
        currency: region.currency,
        countries: [...region.standardTaxRates.keys()],
        warehouses: [],
        catalogLeader: true,
        origin: `http://${id}.localhost:8080`,
        apiOrigins: [`http://${id}.localhost:8080`],
        cellOrigin: `https://${id}.localhost:8443`,
        kafkaClusterId: 'preview',
        envelopeKeys: [{ kid: 'e', publicKeyPem: '-----BEGIN PUBLIC KEY-----' }],
        tokenKeys: [{ kid: 't', kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }],
        cellCertificatePem: '-----BEGIN CERTIFICATE-----',
      },
    ],
  });
  const egress = new Egress(egressListOf({ cell: id, region, directory, profile: 'test' }));
  return {
    kind: 'api',
    egress,
    config: { profile: 'test', cell: id, cellsFile: '', metricsPort: 0, logLevel: 'error' },
    region,
    directory,
    cell: directory.get(id),
    log: new Log({ level: 'error', bound }),
    metrics: new Metrics(bound),
  };
}

export function configOf(context: ProcessContext): ApiConfig {
  const url = 'http://127.0.0.1:9';
  return {
    process: context.config,
    http: { host: '127.0.0.1', port: 0, trustedProxies: [], explorers: false },
    catalog: { url },
    shop: { url },
    vault: { url },
    redis: { url },
    kafka: { brokers: [], username: '', password: '', topicPrefix: '' },
    kms: { endpoint: url, accessKeyId: '', secretAccessKey: '' },
    subjectKeys: { driver: 'kms-per-user', epochDays: 7 },
    witness: { file: '' },
    tokenKey: { file: '' },
    relocation: { sealingKeyFile: undefined },
    fingerprint: { key: () => Buffer.alloc(32) },
    border: { url, secret: '' },
    payments: { baseUrl: url, secretKey: 'key:secret', webhookSecret: 'secret' },
    stock: { rebalancing: false },
    mail: { url, user: 'user', password: 'secret', from: 'shop@in-1.localhost' },
  };
}
