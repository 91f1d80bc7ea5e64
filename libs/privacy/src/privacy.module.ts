import { Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown, OnModuleInit, Provider } from '@nestjs/common';
import { Clock } from '@entrepot/kernel';
import type { CellId, RegionCode } from '@entrepot/kernel';
import {
  CohortCipher,
  CohortKeys,
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
import { statutoryProviders, statutoryUpkeepProviders } from './statutory-providers.ts';
import { keyDriverOf } from './adapters/key-driver-of.ts';
import { KmsSubjectVault } from './adapters/kms-subject-vault.ts';
import { PgEpochStore } from './adapters/pg-epoch-store.ts';
import { KeyHolderReport } from './adapters/key-holder-report.ts';
import { KmsErasedReferences } from './adapters/kms-erased-references.ts';
import { KeyTrialRounds } from './adapters/key-trial-rounds.ts';
import { KmsKeyTrial } from './adapters/kms-key-trial.ts';
import { KmsSuppressionDigests } from './adapters/kms-suppression-digests.ts';
import { PgAccessLog } from './adapters/pg-access-log.ts';
import { PgErasureCertificates } from './adapters/pg-erasure-certificates.ts';
import { PgErasureEvidence } from './adapters/pg-erasure-evidence.ts';
import { PgErasureStore } from './adapters/pg-erasure-store.ts';
import { PgFenceWatch } from './adapters/pg-fence-watch.ts';
import { PgFences } from './adapters/pg-fences.ts';
import { PgKeyHolders } from './adapters/pg-key-holders.ts';
import { PgRecipientNotices, PgRequestContacts } from './adapters/pg-recipient-notices.ts';
import { PgRequestTraces } from './adapters/pg-request-traces.ts';
import { PgIdentityCodes } from './adapters/pg-identity-codes.ts';
import { PgRestoredErasures } from './adapters/pg-restored-erasures.ts';
import { PgRestrictions } from './adapters/pg-restrictions.ts';
import { PgSealedValues } from './adapters/pg-sealed-values.ts';
import { PgSubjectRegister } from './adapters/pg-subject-register.ts';
import { PgTombstones } from './adapters/pg-tombstones.ts';
import { PgVaultStore } from './adapters/pg-vault-store.ts';
import { PrivacyPersonalData } from './adapters/privacy-personal-data.ts';
import { PrivacyTasks, PrivacyUpkeep } from './adapters/privacy-upkeep.ts';
import { VaultPageCiphers } from './adapters/vault-page-ciphers.ts';
import { VaultPersonalData } from './adapters/vault-personal-data.ts';
import { VaultRequestKeys } from './adapters/vault-request-keys.ts';
import { VaultSubjectKeys } from './adapters/vault-subject-keys.ts';
import { AccessLog } from './application/access-log.ts';
import { CloseCases } from './application/close-cases.ts';
import { CohortStore } from './application/cohort-store.ts';
import { EpochStore } from './application/epoch-store.ts';
import { DropFormerKeys } from './application/drop-former-keys.ts';
import { ErasedReferences } from './application/erased-references.ts';
import { ErasureCertificates } from './application/erasure-certificates.ts';
import { ErasureEvidence } from './application/erasure-evidence.ts';
import { ErasureStore } from './application/erasure-store.ts';
import { FencedKeys } from './application/fenced-keys.ts';
import { Fences } from './application/fences.ts';
import { HashTombstones } from './application/hash-tombstones.ts';
import { IdentityCodes } from './application/identity-codes.ts';
import { KeyEpochs } from './application/key-epochs.ts';
import { KeyHolders } from './application/key-holders.ts';
import { KeyReserve } from './application/key-reserve.ts';
import { KeyService } from './application/key-service.ts';
import { KeyTrial } from './application/key-trial.ts';
import { LoginIndex } from './application/login-index.ts';
import { MakeCohort } from './application/make-cohort.ts';
import { MakeFiscalCohorts } from './application/make-fiscal-cohorts.ts';
import { MoveToOpenEpoch } from './application/move-to-open-epoch.ts';
import { NewSubjects } from './application/new-subjects.ts';
import { OpenKeyEpoch } from './application/open-key-epoch.ts';
import { RefillKeyReserveUseCase } from './application/refill-key-reserve.ts';
import { RecipientNotices, RequestContacts } from './application/recipient-notices.ts';
import { RequestKeys } from './application/request-keys.ts';
import { RequestTraces } from './application/request-traces.ts';
import { RestoredErasures } from './application/restored-erasures.ts';
import { Restrictions } from './application/restrictions.ts';
import { RotateSubjectKey } from './application/rotate-subject-key.ts';
import { ShardKeys } from './application/shard-keys.ts';
import { SealAnew } from './application/seal-anew.ts';
import { PageCiphers, SealedValues } from './application/sealed-values.ts';
import { StatutorySettings } from './application/statutory-settings.ts';
import { LegalHolds } from './application/legal-holds.ts';
import { RetainedFields } from './application/retained-fields.ts';
import { SubjectKeyDriver } from './application/subject-key-driver.ts';
import { keepToDriver, SubjectKeySettings } from './application/subject-key-settings.ts';
import { SubjectRegister } from './application/subject-register.ts';
import { SweepReservationsUseCase } from './application/sweep-reservations.ts';
import { SuppressionDigests } from './application/suppression-digests.ts';
import { TryEndedKeys } from './application/try-ended-keys.ts';
import { VaultStore } from './application/vault-store.ts';

export interface PrivacyOptions {
  readonly cell: CellId;
  readonly region: RegionCode;
  readonly kms: AwsKeyServiceOptions;
  /** How the keys are kept; one KMS key per person unless said otherwise. */
  readonly subjectKeys?: Pick<SubjectKeySettings, 'driver' | 'epochDays'>;
  /** The law that has records kept; none where it is left out. */
  readonly statutory?: Pick<StatutorySettings, 'countries' | 'timeZone' | 'law'>;
}

const defaultSubjectKeys = { driver: 'kms-per-user', epochDays: 7 } as const;

const closeExpiredIntervalMs = 1_000;

/** Starts what the keys need in the background, and leaves no key in memory at the end. */
class KeyLifeCycle implements OnModuleInit, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly fences: PgFenceWatch,
    private readonly cache: SubjectKeyCache,
    private readonly shardKeys: ShardKeys,
    private readonly store: VaultStore,
    private readonly settings: SubjectKeySettings,
  ) {}

  async onModuleInit(): Promise<void> {
    await keepToDriver(this.store, this.settings.driver);
    await this.fences.start();
    this.#timer = setInterval(() => {
      this.cache.closeExpired();
      this.shardKeys.closeExpired();
    }, closeExpiredIntervalMs);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
    this.fences.close();
    this.cache.clear();
    this.shardKeys.clear();
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
        ...statutoryProviders(options),
        ...(upkeep ? [...upkeepOf(options), ...statutoryUpkeepProviders(options)] : trialProviders),
      ],
      exports: [
        ...[SubjectKeys, SubjectVault, FieldCipher, FenceWatch, CohortKeys, CohortCipher],
        ...[LegalHolds, RetainedFields],
        ...(upkeep ? [CloseCases, CohortStore, FencedKeys, MakeCohort, MakeFiscalCohorts] : []),
        ...(upkeep ? [HashTombstones, SealAnew] : []),
        ...[ErasureCertificates, ErasureStore, Fences, KeyHolders, KeyTrial, RestoredErasures],
        ...[ErasureEvidence, RecipientNotices, RequestContacts, RequestKeys, RequestTraces],
        ...[IdentityCodes, PrivacyPersonalData, Restrictions, VaultPersonalData],
        ...[AccessLog, SuppressionDigests],
      ],
    };
  }
}

function keyProviders(options: PrivacyOptions): Provider[] {
  const { cell, region, kms, subjectKeys = defaultSubjectKeys } = options;
  return [
    { provide: SubjectKeySettings, useValue: new SubjectKeySettings({ cell, ...subjectKeys }) },
    { provide: KeyService, useFactory: () => new AwsKeyService(kms) },
    { provide: VaultStore, useClass: PgVaultStore },
    { provide: EpochStore, useClass: PgEpochStore },
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
      useFactory: (...parts: ConstructorParameters<typeof KeyLifeCycle>) =>
        new KeyLifeCycle(...parts),
      inject: [FenceWatch, SubjectKeyCache, ShardKeys, VaultStore, SubjectKeySettings],
    },
    ...wrappingProviders(cell),
    ...subjectProviders(cell),
    {
      provide: FieldCipher,
      useFactory: (keys: SubjectKeys) => new FieldCipher(region, keys),
      inject: [SubjectKeys],
    },
    { provide: ErasureStore, useClass: PgErasureStore },
    { provide: Fences, useClass: PgFences },
    { provide: RestoredErasures, useClass: PgRestoredErasures },
    { provide: RecipientNotices, useClass: PgRecipientNotices },
    { provide: RequestContacts, useClass: PgRequestContacts },
    { provide: RequestTraces, useClass: PgRequestTraces },
    { provide: ErasureEvidence, useClass: PgErasureEvidence },
    { provide: IdentityCodes, useClass: PgIdentityCodes },
    { provide: Restrictions, useClass: PgRestrictions },
    { provide: KeyTrial, useClass: KmsKeyTrial },
    { provide: ErasureCertificates, useClass: PgErasureCertificates },
    { provide: AccessLog, useClass: PgAccessLog },
    PrivacyPersonalData,
    VaultPersonalData,
  ];
}

/** What wraps the keys of people and the login index. */
const wrappingProviders = (cell: CellId): Provider[] => [
  {
    provide: KeyReserve,
    useFactory: (store: VaultStore, service: KeyService) => new KeyReserve(store, service),
    inject: [VaultStore, KeyService],
  },
  {
    provide: KeyEpochs,
    useFactory: (store: EpochStore) => new KeyEpochs(store),
    inject: [EpochStore],
  },
  {
    provide: ShardKeys,
    useFactory: (store: EpochStore, service: KeyService) => new ShardKeys(cell, { store, service }),
    inject: [EpochStore, KeyService],
  },
  {
    provide: RequestKeys,
    useFactory: (vault: VaultDatabase, epochs: KeyEpochs, shardKeys: ShardKeys) =>
      new VaultRequestKeys(cell, { vault, epochs, shardKeys }),
    inject: [VaultDatabase, KeyEpochs, ShardKeys],
  },
  {
    provide: SubjectKeyDriver,
    useFactory: driverOf,
    inject: [SubjectKeySettings, VaultStore, KeyService, KeyReserve, KeyEpochs, ShardKeys],
  },
  {
    provide: LoginIndex,
    useFactory: (
      vault: VaultStore,
      store: EpochStore,
      epochs: KeyEpochs,
      service: KeyService,
      shardKeys: ShardKeys,
    ) => new LoginIndex(cell, { vault, store, epochs, service, shardKeys }),
    inject: [VaultStore, EpochStore, KeyEpochs, KeyService, ShardKeys],
  },
];

function driverOf(
  settings: SubjectKeySettings,
  store: VaultStore,
  ...[service, reserve, epochs, shardKeys]: [KeyService, KeyReserve, KeyEpochs, ShardKeys]
): SubjectKeyDriver {
  const parts = { store, service, reserve, epochs, shardKeys };
  return keyDriverOf(settings.driver, settings.cell, parts);
}

const subjectProviders = (cell: CellId): Provider[] => [
  {
    provide: SuppressionDigests,
    useFactory: (store: EpochStore, service: KeyService) =>
      new KmsSuppressionDigests(cell, { store, service }),
    inject: [EpochStore, KeyService],
  },
  {
    provide: ErasedReferences,
    useFactory: (store: EpochStore, service: KeyService) =>
      new KmsErasedReferences(cell, { store, service }),
    inject: [EpochStore, KeyService],
  },
  {
    provide: NewSubjects,
    useFactory: (driver: SubjectKeyDriver, index: LoginIndex, epochs: KeyEpochs) =>
      new NewSubjects({ driver, index, epochs }),
    inject: [SubjectKeyDriver, LoginIndex, KeyEpochs],
  },
  {
    provide: SubjectKeys,
    useFactory: (
      store: VaultStore,
      driver: SubjectKeyDriver,
      subjects: NewSubjects,
      ...[cache, references]: [SubjectKeyCache, ErasedReferences]
    ) => new VaultSubjectKeys({ store, driver, subjects, cache, references }),
    inject: [VaultStore, SubjectKeyDriver, NewSubjects, SubjectKeyCache, ErasedReferences],
  },
  {
    provide: SubjectVault,
    useFactory: (store: VaultStore, index: LoginIndex, subjects: NewSubjects) =>
      new KmsSubjectVault(cell, { store, index, subjects }),
    inject: [VaultStore, LoginIndex, NewSubjects],
  },
];

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

/** How an API process tries ended keys with its own login; a worker does so in the step that needs it. */
const trialProviders: Provider[] = [
  {
    provide: KeyTrialRounds,
    useFactory: (
      requests: ErasureStore,
      evidence: ErasureEvidence,
      keys: KeyTrial,
      log: Log,
    ): KeyTrialRounds =>
      new KeyTrialRounds(new TryEndedKeys({ login: 'api', requests, evidence, keys, log }), log),
    inject: [ErasureStore, ErasureEvidence, KeyTrial, Log],
  },
];

/** What ends former data keys of people. */
const formerKeyProviders = (region: RegionCode): Provider[] => [
  {
    provide: SealedValues,
    useFactory: (shop: ShopDatabase) => new PgSealedValues(shop),
    inject: [ShopDatabase],
  },
  {
    provide: PageCiphers,
    useFactory: (store: VaultStore, driver: SubjectKeyDriver, cache: SubjectKeyCache) =>
      new VaultPageCiphers(region, { store, driver, cache }),
    inject: [VaultStore, SubjectKeyDriver, SubjectKeyCache],
  },
  {
    provide: SealAnew,
    useFactory: (
      store: VaultStore,
      values: SealedValues,
      ...[ciphers, clock, log]: [PageCiphers, Clock, Log]
    ) => new SealAnew({ store, values }, ciphers, new DropFormerKeys(store, values, clock), log),
    inject: [VaultStore, SealedValues, PageCiphers, Clock, Log],
  },
];

const upkeepOf = ({ cell, region }: PrivacyOptions): Provider[] => [
  ...formerKeyProviders(region),
  {
    provide: HashTombstones,
    useFactory: (shop: ShopDatabase, vault: VaultDatabase, references: ErasedReferences) =>
      new HashTombstones(cell, { tombstones: new PgTombstones(shop, vault), references }),
    inject: [ShopDatabase, VaultDatabase, ErasedReferences],
  },
  { provide: SubjectRegister, useClass: PgSubjectRegister },
  OpenKeyEpoch,
  MoveToOpenEpoch,
  RotateSubjectKey,
  RefillKeyReserveUseCase,
  SweepReservationsUseCase,
  PrivacyTasks,
  PrivacyUpkeep,
];
