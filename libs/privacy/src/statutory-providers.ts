import type { Provider } from '@nestjs/common';
import { CohortCipher, CohortKeys } from '@entrepot/platform-crypto';
import { ShopDatabase } from '@entrepot/platform-database';
import { KmsFencedKeys } from './adapters/kms-fenced-keys.ts';
import { PgCohortStore } from './adapters/pg-cohort-store.ts';
import { PgLegalHolds } from './adapters/pg-legal-holds.ts';
import { PgRetainedFields } from './adapters/pg-retained-fields.ts';
import { FiscalCohortsAtStart } from './adapters/fiscal-cohorts-at-start.ts';
import { VaultCohortKeys } from './adapters/vault-cohort-keys.ts';
import { CloseCases } from './application/close-cases.ts';
import { CohortStore } from './application/cohort-store.ts';
import { FencedKeys } from './application/fenced-keys.ts';
import { KeyService } from './application/key-service.ts';
import { LegalHolds } from './application/legal-holds.ts';
import { MakeCohort } from './application/make-cohort.ts';
import { MakeFiscalCohorts } from './application/make-fiscal-cohorts.ts';
import { RetainedFields } from './application/retained-fields.ts';
import { StatutorySettings } from './application/statutory-settings.ts';
import { SubjectKeyDriver } from './application/subject-key-driver.ts';
import { VaultStore } from './application/vault-store.ts';
import type { PrivacyOptions } from './privacy.module.ts';

const nothingKept = { countries: [], timeZone: 'UTC', law: [] };

/** The keys of statutory records, and the records that privacy itself keeps. */
export const statutoryProviders = ({ cell, region, statutory }: PrivacyOptions): Provider[] => [
  {
    provide: StatutorySettings,
    useValue: new StatutorySettings({ cell, region, ...(statutory ?? nothingKept) }),
  },
  { provide: CohortStore, useClass: PgCohortStore },
  {
    provide: CohortKeys,
    useFactory: (store: CohortStore, service: KeyService) =>
      new VaultCohortKeys({ store, service }),
    inject: [CohortStore, KeyService],
  },
  {
    provide: CohortCipher,
    useFactory: (keys: CohortKeys) => new CohortCipher(region, keys),
    inject: [CohortKeys],
  },
  { provide: LegalHolds, useClass: PgLegalHolds },
  {
    provide: RetainedFields,
    useFactory: (database: ShopDatabase, cipher: CohortCipher) =>
      new PgRetainedFields(cell, { database, cipher }),
    inject: [ShopDatabase, CohortCipher],
  },
];

/** For workers: making keys, moving fields, closing cases. */
export const statutoryUpkeepProviders = ({ region }: PrivacyOptions): Provider[] => [
  {
    provide: FencedKeys,
    useFactory: (store: VaultStore, driver: SubjectKeyDriver) =>
      new KmsFencedKeys(region, { store, driver }),
    inject: [VaultStore, SubjectKeyDriver],
  },
  ...[CloseCases, FiscalCohortsAtStart, MakeCohort, MakeFiscalCohorts],
];
