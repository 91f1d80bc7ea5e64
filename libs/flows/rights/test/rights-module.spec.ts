import { afterAll, describe, expect, it } from '@jest/globals';
import {
  CorrectionNotices,
  MakeExportJob,
  OfferExport,
  RightsModule,
  SendMarketing,
  SweepRetention,
  TellCorrections,
  TellExportJob,
} from '@entrepot/flow-rights';
import type { RightsOptions } from '@entrepot/flow-rights';
import {
  ChangeAccountUseCase,
  ListAddressesUseCase,
  PeopleRegister,
  ProvePresence,
  ReadAccountUseCase,
  ReadContact,
  SignIns,
} from '@entrepot/identity';
import { Clock, SystemClock } from '@entrepot/kernel';
import type { CellId, CountryCode } from '@entrepot/kernel';
import { FieldCipher } from '@entrepot/platform-crypto';
import { ShopDatabase } from '@entrepot/platform-database';
import { IdempotencyRegister } from '@entrepot/platform-idempotency';
import { Mailer } from '@entrepot/platform-mail';
import { Metrics } from '@entrepot/platform-telemetry';
import { AccessLog, RecipientNotices, RequestKeys, SuppressionDigests } from '@entrepot/privacy';
import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { ExportsController } from '../src/api/exports.controller.ts';
import { PersonRecordsController } from '../src/api/person-records.controller.ts';
import { PrivacyRequestsController } from '../src/api/privacy-requests.controller.ts';

const cell = 'in-1' as CellId;
const outside = [
  ...[ChangeAccountUseCase, ListAddressesUseCase, PeopleRegister, ProvePresence],
  ...[ReadAccountUseCase, ReadContact, SignIns, FieldCipher, ShopDatabase, IdempotencyRegister],
  ...[Mailer, AccessLog, RecipientNotices, RequestKeys, SuppressionDigests],
];

/** Whoever tells recipients, in the place of the erasure flow. */
class Announcer extends CorrectionNotices {
  override execute(): Promise<boolean> {
    return Promise.resolve(true);
  }
}

/** What the rest of a cell provides; nothing of it is called here. */
@Module({})
class Outside {
  static all(): DynamicModule {
    const providers = [
      ...outside.map((provide) => ({ provide, useValue: {} })),
      Announcer,
      { provide: Clock, useValue: new SystemClock() },
      { provide: Metrics, useValue: new Metrics({ cell, process: 'worker' }) },
    ];
    return { module: Outside, global: true, providers, exports: providers };
  }
}

const options: RightsOptions = {
  ...{ cell, origin: 'http://in-1.localhost', countries: ['IN' as CountryCode] },
  ...{ timeZone: 'Asia/Kolkata', law: [], peopleLaw: [], recipients: [], consentTexts: [] },
};
const open: TestingModule[] = [];
async function assembled(module: DynamicModule): Promise<TestingModule> {
  const built = await Test.createTestingModule({ imports: [Outside.all(), module] }).compile();
  open.push(built);
  return built;
}
afterAll(() => Promise.all(open.map((module) => module.close())));

describe('the rights of people', () => {
  it('have in a worker all that they need', async () => {
    const worker = await assembled(
      RightsModule.forWorker({ ...options, correctionNotices: Announcer }),
    );
    for (const Part of [
      MakeExportJob,
      OfferExport,
      SendMarketing,
      TellCorrections,
      TellExportJob,
    ]) {
      const part: object = worker.get(Part, { strict: false });
      expect(Object.values(part)).not.toContain(undefined);
    }
    expect(worker.get(SweepRetention, { strict: false })).toBeInstanceOf(SweepRetention);
  });

  it('are asked for in an API process, which makes no copy', async () => {
    const api = await assembled(RightsModule.forApi(options));
    for (const Asked of [ExportsController, PersonRecordsController, PrivacyRequestsController]) {
      const controller: object = api.get(Asked, { strict: false });
      expect(Object.values(controller)).not.toContain(undefined);
    }
    expect(() => api.get(MakeExportJob, { strict: false })).toThrow();
  });
});
