import { PgSuppressionList, SuppressionList } from '@entrepot/consents';
import { PersonalDataOwners, RecipientNotices } from '@entrepot/privacy';
import { Module } from '@nestjs/common';
import type { DynamicModule, InjectionToken, ModuleMetadata, Provider } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DriveErasureJob } from './adapters/drive-erasure.job.ts';
import { PgPersonalFields } from './adapters/pg-personal-fields.ts';
import { PgStatutoryRecords } from './adapters/pg-statutory-records.ts';
import { PgSubjectTables } from './adapters/pg-subject-tables.ts';
import { AccountRestrictionsController } from './api/account-restrictions.controller.ts';
import { ErasureRequestsController } from './api/erasure-requests.controller.ts';
import { GuestErasureController } from './api/guest-erasure.controller.ts';
import { LegalHoldsController } from './api/legal-holds.controller.ts';
import { OwnErasureController } from './api/own-erasure.controller.ts';
import { AcknowledgeErasure } from './application/acknowledge-erasure.ts';
import { AskErasureAsGuest } from './application/ask-erasure-as-guest.ts';
import { AskOwnErasure } from './application/ask-own-erasure.ts';
import { ChangeErasure } from './application/change-erasure.ts';
import { CountObjection } from './application/count-objection.ts';
import { CopyOffer, NoCopyOffer } from './application/copy-offer.ts';
import { DriveErasure } from './application/drive-erasure.ts';
import { ErasureSettings } from './application/erasure-settings.ts';
import type { ErasureStepWork } from './application/erasure-step.ts';
import { ErasureSteps } from './application/erasure-steps.ts';
import { GatherEvidence } from './application/gather-evidence.ts';
import { NamedPeople } from './application/named-people.ts';
import { OwedAcknowledgements } from './application/owed-acknowledgements.ts';
import { AcknowledgementLetter } from './application/acknowledgement-letter.ts';
import { PgOwedAcknowledgements } from './adapters/pg-owed-acknowledgements.ts';
import { CloseCase } from './application/holds/close-case.ts';
import { KeepStatutoryRecords } from './application/holds/keep-statutory-records.ts';
import { ListHolds } from './application/holds/list-holds.ts';
import { OpenHold } from './application/holds/open-hold.ts';
import { ReadRetained } from './application/holds/read-retained.ts';
import { FindGuest } from './application/find-guest.ts';
import { GuestIdentity } from './application/guest-identity.ts';
import { PersonalFields } from './application/personal-fields.ts';
import { PlanErasure } from './application/plan-erasure.ts';
import { KnownIdentities } from './application/recipients/known-identities.ts';
import { LastLetter } from './application/recipients/last-letter.ts';
import { RecipientRegister } from './application/recipients/recipient-register.ts';
import type { ConnectedRecipient } from './application/recipients/recipient-register.ts';
import { RequestSeal } from './application/recipients/request-seal.ts';
import { CorrectionDesk, TellOfCorrection } from './application/recipients/tell-of-correction.ts';
import { TellRecipient } from './application/recipients/tell-recipient.ts';
import { PurgeRestored } from './application/purge-restored.ts';
import { ReadCertificate } from './application/read-certificate.ts';
import { RecordTraces } from './application/record-traces.ts';
import { ReadErasures } from './application/read-erasures.ts';
import { RequestErasure } from './application/request-erasure.ts';
import { RestrictAccount } from './application/restrict-account.ts';
import { SendIdentityCode } from './application/send-identity-code.ts';
import { SendOwedAcknowledgements } from './application/send-owed-acknowledgements.ts';
import { ShowIdentity } from './application/show-identity.ts';
import { SignPlan } from './application/sign-plan.ts';
import { SteerErasure } from './application/steer-erasure.ts';
import { StatutoryRecords } from './application/statutory-records.ts';
import { StoreKeepers } from './application/store-keeper.ts';
import type { StoreKeeper } from './application/store-keeper.ts';
import { SubjectTables } from './application/subject-tables.ts';
import { SweepStores } from './application/sweep-stores.ts';
import { TakeInErasure } from './application/take-in-erasure.ts';
import { WithdrawOwnErasure } from './application/withdraw-own-erasure.ts';
import { AwaitKeyDestroyed, AwaitKeyUnusable } from './application/steps/await-key-end.ts';
import { CertifyErasure } from './application/steps/certify-erasure.ts';
import { CloseErasure } from './application/steps/close-erasure.ts';
import { CommitErasure } from './application/steps/commit-erasure.ts';
import { CoolOff } from './application/steps/cool-off.ts';
import { DrainProcesses } from './application/steps/drain-processes.ts';
import { ExtractFields } from './application/steps/extract-fields.ts';
import { FencePerson } from './application/steps/fence-person.ts';
import { NotifyRecipients } from './application/steps/notify-recipients.ts';
import { PrepareRecipients } from './application/steps/prepare-recipients.ts';
import { PurgeStores } from './application/steps/purge-stores.ts';
import { VerifyUnreadable } from './application/steps/verify-unreadable.ts';

export interface ErasureOptions extends ErasureSettings {
  /** The modules of identity and, for API processes, of orders, where they are not global. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
}

export interface ErasureApiOptions extends ErasureOptions {
  /** Keys the hashes of the codes that guests are sent; the same in the whole cell. */
  readonly identityCodeKey: () => Buffer;
  /** Whoever makes copies, as a CopyOffer; where there is nobody, none is offered and the request says so. */
  readonly copyOffer?: InjectionToken<CopyOffer>;
}

export interface ErasureWorkerOptions extends ErasureOptions {
  /** Whoever answers for what is no table. */
  readonly keepers?: readonly StoreKeeper[];
  /** Every processor that the region lists; where there is none, certificates say so. */
  readonly recipients?: () => readonly ConnectedRecipient[];
}

const steps = [
  ...[CoolOff, CommitErasure, FencePerson, DrainProcesses, ExtractFields, AwaitKeyUnusable],
  ...[
    PurgeStores,
    NotifyRecipients,
    VerifyUnreadable,
    AwaitKeyDestroyed,
    CertifyErasure,
    CloseErasure,
  ],
];

const planProviders = (options: ErasureOptions): Provider[] => [
  { provide: ErasureSettings, useValue: new ErasureSettings(options) },
  { provide: SubjectTables, useClass: PgSubjectTables },
  { provide: StatutoryRecords, useClass: PgStatutoryRecords },
  PlanErasure,
];

const copyOfferOf = ({ copyOffer }: ErasureApiOptions): Provider =>
  copyOffer === undefined
    ? { provide: CopyOffer, useClass: NoCopyOffer }
    : { provide: CopyOffer, useExisting: copyOffer };

/** What is told to processors outside of the cell, and to the person at the end. */
const recipientProviders = (
  recipients: NonNullable<ErasureWorkerOptions['recipients']>,
): Provider[] => [
  { provide: RecipientRegister, useFactory: () => new RecipientRegister(recipients()) },
  ...[RequestSeal, KnownIdentities, PrepareRecipients, TellRecipient, LastLetter],
  {
    provide: CorrectionDesk,
    useFactory: (notices: RecipientNotices, seal: RequestSeal, tell: TellRecipient) =>
      ({ notices, seal, tell }) satisfies CorrectionDesk,
    inject: [RecipientNotices, RequestSeal, TellRecipient],
  },
  TellOfCorrection,
  { provide: SuppressionList, useClass: PgSuppressionList },
  CountObjection,
];

/**
 * Forgetting a person. Needs privacy, identity, payments and a Mailer; finds every PersonalDataOwner of the process by
 * itself.
 */
@Module({})
export class ErasureModule {
  /** For API processes: asking and deciding. */
  static forApi(options: ErasureApiOptions): DynamicModule {
    return {
      module: ErasureModule,
      imports: options.imports ?? [],
      controllers: [
        ...[AccountRestrictionsController, ErasureRequestsController],
        ...[GuestErasureController, LegalHoldsController, OwnErasureController],
      ],
      providers: [
        ...planProviders(options),
        { provide: GuestIdentity, useValue: new GuestIdentity(options.identityCodeKey) },
        copyOfferOf(options),
        ...[
          AcknowledgeErasure,
          AcknowledgementLetter,
          AskErasureAsGuest,
          AskOwnErasure,
          ChangeErasure,
          FindGuest,
          ReadCertificate,
        ],
        ...[ReadErasures, RequestErasure, RestrictAccount, SendIdentityCode, ShowIdentity],
        ...[SignPlan, SteerErasure],
        ...[TakeInErasure, WithdrawOwnErasure],
        ...[NamedPeople, CloseCase, ListHolds, OpenHold, ReadRetained],
      ],
      exports: [AskOwnErasure, WithdrawOwnErasure],
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
        ...recipientProviders(options.recipients ?? (() => [])),
        { provide: PersonalFields, useClass: PgPersonalFields },
        ...[GatherEvidence, RecordTraces],
        ...steps,
        {
          provide: ErasureSteps,
          useFactory: (...of: ErasureStepWork[]) => new ErasureSteps(of),
          inject: [...steps],
        },
        ...[PersonalDataOwners, SweepStores, DriveErasure, DriveErasureJob, PurgeRestored],
        { provide: OwedAcknowledgements, useClass: PgOwedAcknowledgements },
        ...[AcknowledgementLetter, KeepStatutoryRecords, SendOwedAcknowledgements],
      ],
      exports: [
        ...[PersonalDataOwners, DriveErasureJob, KeepStatutoryRecords, PurgeRestored],
        ...[OwedAcknowledgements, SendOwedAcknowledgements, TellOfCorrection],
      ],
    };
  }
}
