import { ConsentsModule } from '@entrepot/consents';
import type { ConsentText } from '@entrepot/consents';
import { PeopleRegister } from '@entrepot/identity';
import { Clock } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import { PersonalDataOwners } from '@entrepot/privacy';
import { Module } from '@nestjs/common';
import type { DynamicModule, InjectionToken, ModuleMetadata, Provider } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AgeArchiveSealer } from './adapters/age-archive-sealer.ts';
import { MakeExportJob } from './adapters/make-export.job.ts';
import { TellExportJob } from './adapters/tell-export.job.ts';
import { OpenRequestGauge } from './adapters/open-request-gauge.ts';
import { PgPastRetention } from './adapters/pg-past-retention.ts';
import { PgExportStore } from './adapters/pg-export-store.ts';
import { PgGrievanceStore } from './adapters/pg-grievance-store.ts';
import { PgNomineeStore } from './adapters/pg-nominee-store.ts';
import { PgPrivacyRequests } from './adapters/pg-privacy-requests.ts';
import { RightsPersonalData } from './adapters/rights-personal-data.ts';
import { ConsentsController } from './api/consents.controller.ts';
import { ExportsController } from './api/exports.controller.ts';
import { GrievancesController } from './api/grievances.controller.ts';
import { NomineesController } from './api/nominees.controller.ts';
import { OwnGrievancesController } from './api/own-grievances.controller.ts';
import { OwnNomineesController } from './api/own-nominees.controller.ts';
import { PersonRecordsController } from './api/person-records.controller.ts';
import { PrivacyRequestsController } from './api/privacy-requests.controller.ts';
import { RectificationsController } from './api/rectifications.controller.ts';
import { AnswerGrievance } from './application/answer-grievance.ts';
import { ArchiveSealer } from './application/archive-sealer.ts';
import { CorrectionNotices } from './application/correction-notices.ts';
import { DecideMarketing } from './application/decide-marketing.ts';
import { ExportStore } from './application/export-store.ts';
import { FetchExport } from './application/fetch-export.ts';
import { FileGrievance } from './application/file-grievance.ts';
import { FreshSignIn } from './application/fresh-sign-in.ts';
import { GrievanceStore } from './application/grievance-store.ts';
import { HearNominee } from './application/hear-nominee.ts';
import { IssueExport } from './application/issue-export.ts';
import { MakeExport } from './application/make-export.ts';
import { NameNominee } from './application/name-nominee.ts';
import { NomineeStore } from './application/nominee-store.ts';
import { OfferExport } from './application/offer-export.ts';
import { PrivacyRequests } from './application/privacy-requests.ts';
import { ReadExport } from './application/read-export.ts';
import { ReadPerson } from './application/read-person.ts';
import { ReadRequests } from './application/read-requests.ts';
import { RectifyAccount } from './application/rectify-account.ts';
import { RequestExport } from './application/request-export.ts';
import { RightsSettings } from './application/rights-settings.ts';
import { SendMarketing } from './application/send-marketing.ts';
import { SweepRetention } from './application/sweep-retention.ts';
import { TellCorrections } from './application/tell-corrections.ts';
import { TellExportReady } from './application/tell-export-ready.ts';

export interface RightsOptions extends RightsSettings {
  readonly consentTexts: readonly ConsentText[];
  /** The module of identity, where it is not global. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
}

export interface RightsWorkerOptions extends RightsOptions {
  /** Whoever tells recipients outside of the cell, as CorrectionNotices. */
  readonly correctionNotices: InjectionToken<CorrectionNotices>;
}

const common = (options: RightsOptions): Provider[] => [
  { provide: RightsSettings, useValue: new RightsSettings(options) },
  { provide: ExportStore, useClass: PgExportStore },
  { provide: PrivacyRequests, useClass: PgPrivacyRequests },
  { provide: GrievanceStore, useClass: PgGrievanceStore },
  { provide: NomineeStore, useClass: PgNomineeStore },
  ...[IssueExport, OfferExport, RightsPersonalData],
];

const importsOf = ({ consentTexts, imports = [] }: RightsOptions) => [
  ConsentsModule.over(consentTexts),
  ...imports,
];

/**
 * What people may ask of a cell beside being forgotten: copies, corrections, consents, objections. Needs
 * privacy and identity, and of the cell ShopDatabase, Clock, Metrics, IdempotencyRegister and, for workers, a Mailer.
 */
@Module({})
export class RightsModule {
  /** For API processes: asking. */
  static forApi(options: RightsOptions): DynamicModule {
    return {
      module: RightsModule,
      imports: importsOf(options),
      controllers: [
        ...[ExportsController, ConsentsController],
        ...[RectificationsController, PersonRecordsController, PrivacyRequestsController],
        ...[OwnGrievancesController, GrievancesController],
        ...[OwnNomineesController, NomineesController],
      ],
      providers: [
        ...common(options),
        ...[DecideMarketing, FetchExport, FreshSignIn, ReadExport, ReadPerson],
        ...[ReadRequests, RectifyAccount, RequestExport],
        ...[FileGrievance, AnswerGrievance, NameNominee, HearNominee],
      ],
      exports: [OfferExport],
    };
  }

  /** For workers: making copies, telling of corrections, keeping nothing for longer, marketing, and seeing that no request is forgotten. */
  static forWorker(options: RightsWorkerOptions): DynamicModule {
    return {
      module: RightsModule,
      imports: [DiscoveryModule, ...importsOf(options)],
      providers: [
        ...common(options),
        PersonalDataOwners,
        { provide: ArchiveSealer, useClass: AgeArchiveSealer },
        {
          provide: MakeExport,
          useFactory: makeExportOf,
          inject: [
            ...[ExportStore, PersonalDataOwners, PeopleRegister],
            ...[ArchiveSealer, RightsSettings, Clock],
          ],
        },
        { provide: CorrectionNotices, useExisting: options.correctionNotices },
        {
          provide: SweepRetention,
          useFactory: (shop: ShopDatabase) =>
            new SweepRetention(new PgPastRetention(shop), options.law),
          inject: [ShopDatabase],
        },
        ...[MakeExportJob, OpenRequestGauge, SendMarketing, TellCorrections],
        ...[TellExportJob, TellExportReady],
      ],
      exports: [
        ...[ExportStore, MakeExportJob, OfferExport, SendMarketing, SweepRetention],
        ...[TellCorrections, TellExportJob],
      ],
    };
  }
}

const makeExportOf = (
  exports: ExportStore,
  owners: PersonalDataOwners,
  people: PeopleRegister,
  ...[sealer, settings, clock]: [ArchiveSealer, RightsSettings, Clock]
): MakeExport => new MakeExport({ exports, owners, people, sealer, settings, clock });
