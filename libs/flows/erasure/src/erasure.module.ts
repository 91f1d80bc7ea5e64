import { PersonalDataOwners } from '@entrepot/privacy';
import { Module } from '@nestjs/common';
import type { DynamicModule, ModuleMetadata, Provider } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DriveErasureJob } from './adapters/drive-erasure.job.ts';
import { PgSubjectTables } from './adapters/pg-subject-tables.ts';
import { ErasureRequestsController } from './api/erasure-requests.controller.ts';
import { ApproveErasure } from './application/approve-erasure.ts';
import { ChangeErasure } from './application/change-erasure.ts';
import { DriveErasure } from './application/drive-erasure.ts';
import { ErasureSettings } from './application/erasure-settings.ts';
import type { ErasureStepWork } from './application/erasure-step.ts';
import { ErasureSteps } from './application/erasure-steps.ts';
import {
  CanaryScan,
  NoCanaryScan,
  NoRestoreDrill,
  RestoreDrill,
} from './application/evidence-hooks.ts';
import { PlanErasure } from './application/plan-erasure.ts';
import { PurgeRestored } from './application/purge-restored.ts';
import { ReadCertificate } from './application/read-certificate.ts';
import { ReadErasures } from './application/read-erasures.ts';
import { RequestErasure } from './application/request-erasure.ts';
import { SteerErasure } from './application/steer-erasure.ts';
import { StoreKeepers } from './application/store-keeper.ts';
import type { StoreKeeper } from './application/store-keeper.ts';
import { SubjectTables } from './application/subject-tables.ts';
import { SweepStores } from './application/sweep-stores.ts';
import { AwaitKeyDestroyed, AwaitKeyUnusable } from './application/steps/await-key-end.ts';
import { CertifyErasure } from './application/steps/certify-erasure.ts';
import { CloseErasure } from './application/steps/close-erasure.ts';
import { CommitErasure } from './application/steps/commit-erasure.ts';
import { CoolOff } from './application/steps/cool-off.ts';
import { DrainProcesses } from './application/steps/drain-processes.ts';
import { FencePerson } from './application/steps/fence-person.ts';
import { NotifyRecipients } from './application/steps/notify-recipients.ts';
import { PurgeStores } from './application/steps/purge-stores.ts';
import { VerifyUnreadable } from './application/steps/verify-unreadable.ts';

export interface ErasureOptions extends ErasureSettings {
  /** The module of identity, where it is not global. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
}

export interface ErasureWorkerOptions extends ErasureOptions {
  /** Whoever answers for what is no table. */
  readonly keepers?: readonly StoreKeeper[];
}

const steps = [
  ...[CoolOff, CommitErasure, FencePerson, DrainProcesses, AwaitKeyUnusable, PurgeStores],
  ...[NotifyRecipients, VerifyUnreadable, AwaitKeyDestroyed, CertifyErasure, CloseErasure],
];

const planProviders = (options: ErasureOptions): Provider[] => [
  { provide: ErasureSettings, useValue: new ErasureSettings(options) },
  { provide: SubjectTables, useClass: PgSubjectTables },
  PlanErasure,
];

/**
 * Forgetting a person. Needs privacy and identity; finds every PersonalDataOwner of the process by
 * itself.
 */
@Module({})
export class ErasureModule {
  /** For API processes: asking and deciding. */
  static forApi(options: ErasureOptions): DynamicModule {
    return {
      module: ErasureModule,
      imports: options.imports ?? [],
      controllers: [ErasureRequestsController],
      providers: [
        ...planProviders(options),
        ...[ApproveErasure, ChangeErasure, ReadCertificate, ReadErasures],
        ...[RequestErasure, SteerErasure],
      ],
    };
  }

  /** For workers: carrying it out. */
  static forWorker(options: ErasureWorkerOptions): DynamicModule {
    return {
      module: ErasureModule,
      imports: [DiscoveryModule, ...(options.imports ?? [])],
      providers: [
        ...planProviders(options),
        { provide: StoreKeepers, useValue: new StoreKeepers(options.keepers ?? []) },
        { provide: CanaryScan, useClass: NoCanaryScan },
        { provide: RestoreDrill, useClass: NoRestoreDrill },
        ...steps,
        {
          provide: ErasureSteps,
          useFactory: (...of: ErasureStepWork[]) => new ErasureSteps(of),
          inject: [...steps],
        },
        ...[PersonalDataOwners, SweepStores, DriveErasure, DriveErasureJob, PurgeRestored],
      ],
      exports: [PersonalDataOwners, DriveErasureJob, PurgeRestored],
    };
  }
}
