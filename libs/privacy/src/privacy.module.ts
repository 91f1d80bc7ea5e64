import { Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown, OnModuleInit, Provider } from '@nestjs/common';
import type { CellId, RegionCode } from '@entrepot/kernel';
import {
  FenceWatch,
  FieldCipher,
  SubjectKeyCache,
  SubjectKeys,
  SubjectVault,
} from '@entrepot/platform-crypto';
import { ShopDatabase, VaultDatabase } from '@entrepot/platform-database';
import { Log } from '@entrepot/platform-telemetry';
import { AwsKeyService } from './adapters/aws-key-service.ts';
import type { AwsKeyServiceOptions } from './adapters/aws-key-service.ts';
import { KmsPerUserSubjectKeys } from './adapters/kms-per-user-subject-keys.ts';
import { KmsSubjectVault } from './adapters/kms-subject-vault.ts';
import { KeyHolderReport } from './adapters/key-holder-report.ts';
import { KmsKeyTrial } from './adapters/kms-key-trial.ts';
import { PgErasureCertificates } from './adapters/pg-erasure-certificates.ts';
import { PgErasureStore } from './adapters/pg-erasure-store.ts';
import { PgFenceWatch } from './adapters/pg-fence-watch.ts';
import { PgFences } from './adapters/pg-fences.ts';
import { PgKeyHolders } from './adapters/pg-key-holders.ts';
import { PgSubjectRegister } from './adapters/pg-subject-register.ts';
import { PgVaultStore } from './adapters/pg-vault-store.ts';
import { PrivacyPersonalData } from './adapters/privacy-personal-data.ts';
import { PrivacyUpkeep } from './adapters/privacy-upkeep.ts';
import { VaultPersonalData } from './adapters/vault-personal-data.ts';
import { ErasureCertificates } from './application/erasure-certificates.ts';
import { ErasureStore } from './application/erasure-store.ts';
import { Fences } from './application/fences.ts';
import { KeyHolders } from './application/key-holders.ts';
import { KeyReserve } from './application/key-reserve.ts';
import { KeyService } from './application/key-service.ts';
import { KeyTrial } from './application/key-trial.ts';
import { LoginIndexKeys } from './application/login-index-keys.ts';
import { OpenIndexEpochUseCase } from './application/open-index-epoch.ts';
import { RefillKeyReserveUseCase } from './application/refill-key-reserve.ts';
import { SubjectRegister } from './application/subject-register.ts';
import { SweepReservationsUseCase } from './application/sweep-reservations.ts';
import { VaultStore } from './application/vault-store.ts';

export interface PrivacyOptions {
  readonly cell: CellId;
  readonly region: RegionCode;
  readonly kms: AwsKeyServiceOptions;
}

const closeExpiredIntervalMs = 1_000;

/** Starts what the keys need in the background, and leaves no key in memory at the end. */
class KeyLifeCycle implements OnModuleInit, OnApplicationShutdown {
  readonly #fences: PgFenceWatch;
  readonly #cache: SubjectKeyCache;
  #timer: NodeJS.Timeout | undefined;

  constructor(fences: PgFenceWatch, cache: SubjectKeyCache) {
    this.#fences = fences;
    this.#cache = cache;
  }

  async onModuleInit(): Promise<void> {
    await this.#fences.start();
    this.#timer = setInterval(() => this.#cache.closeExpired(), closeExpiredIntervalMs);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
    this.#fences.close();
    this.#cache.clear();
  }
}

/**
 * Subject keys, field encryption and the vault, for every other module. Needs ShopDatabase,
 * VaultDatabase, Clock and Log, each provided globally.
 */
@Module({})
export class PrivacyModule {
  /** `upkeep` belongs to worker processes: they refill the key reserve and sweep reservations. */
  static forCell(options: PrivacyOptions, { upkeep }: { upkeep: boolean }): DynamicModule {
    return {
      module: PrivacyModule,
      global: true,
      providers: [
        ...keyProviders(options),
        ...holderProviders(upkeep ? 'worker' : 'api'),
        ...(upkeep ? upkeepProviders : []),
      ],
      exports: [
        ...[SubjectKeys, SubjectVault, FieldCipher, FenceWatch],
        ...[ErasureCertificates, ErasureStore, Fences, KeyHolders, KeyTrial],
        ...[PrivacyPersonalData, VaultPersonalData],
      ],
    };
  }
}

function keyProviders({ cell, region, kms }: PrivacyOptions): Provider[] {
  return [
    { provide: KeyService, useFactory: () => new AwsKeyService(kms) },
    { provide: VaultStore, useClass: PgVaultStore },
    {
      provide: FenceWatch,
      useFactory: (database: VaultDatabase, log: Log) => new PgFenceWatch(database, log),
      inject: [VaultDatabase, Log],
    },
    {
      provide: SubjectKeyCache,
      useFactory: (fences: FenceWatch) => new SubjectKeyCache({ fences }),
      inject: [FenceWatch],
    },
    {
      provide: KeyLifeCycle,
      useFactory: (fences: PgFenceWatch, cache: SubjectKeyCache) => new KeyLifeCycle(fences, cache),
      inject: [FenceWatch, SubjectKeyCache],
    },
    {
      provide: KeyReserve,
      useFactory: (store: VaultStore, service: KeyService) => new KeyReserve(store, service),
      inject: [VaultStore, KeyService],
    },
    {
      provide: SubjectKeys,
      useFactory: (
        store: VaultStore,
        service: KeyService,
        reserve: KeyReserve,
        cache: SubjectKeyCache,
      ) => new KmsPerUserSubjectKeys({ store, service, reserve, cache }),
      inject: [VaultStore, KeyService, KeyReserve, SubjectKeyCache],
    },
    {
      provide: LoginIndexKeys,
      useFactory: (store: VaultStore, service: KeyService) =>
        new LoginIndexKeys(cell, store, service),
      inject: [VaultStore, KeyService],
    },
    {
      provide: SubjectVault,
      useFactory: (store: VaultStore, index: LoginIndexKeys, reserve: KeyReserve) =>
        new KmsSubjectVault(cell, { store, index, reserve }),
      inject: [VaultStore, LoginIndexKeys, KeyReserve],
    },
    {
      provide: FieldCipher,
      useFactory: (keys: SubjectKeys) => new FieldCipher(region, keys),
      inject: [SubjectKeys],
    },
    { provide: ErasureStore, useClass: PgErasureStore },
    { provide: Fences, useClass: PgFences },
    { provide: KeyTrial, useClass: KmsKeyTrial },
    { provide: ErasureCertificates, useClass: PgErasureCertificates },
    PrivacyPersonalData,
    VaultPersonalData,
  ];
}

/** How a process says which fences it has heeded. */
const holderProviders = (kind: 'api' | 'worker'): Provider[] => [
  {
    provide: KeyHolders,
    useFactory: (shop: ShopDatabase, vault: VaultDatabase) => new PgKeyHolders(kind, shop, vault),
    inject: [ShopDatabase, VaultDatabase],
  },
  {
    provide: KeyHolderReport,
    useFactory: (holders: KeyHolders, fences: PgFenceWatch, log: Log) =>
      new KeyHolderReport({ holders, fences, log }),
    inject: [KeyHolders, FenceWatch, Log],
  },
];

const upkeepProviders: Provider[] = [
  { provide: SubjectRegister, useClass: PgSubjectRegister },
  OpenIndexEpochUseCase,
  RefillKeyReserveUseCase,
  SweepReservationsUseCase,
  PrivacyUpkeep,
];
