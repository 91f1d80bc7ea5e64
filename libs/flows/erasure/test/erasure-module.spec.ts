import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  DriveErasureJob,
  ErasureModule,
  KeepStatutoryRecords,
  PurgeRestored,
} from '@entrepot/flow-erasure';
import type { ErasureOptions } from '@entrepot/flow-erasure';
import {
  EndSessions,
  PeopleRegister,
  ProvePresence,
  ReadContact,
  StaffAssertions,
} from '@entrepot/identity';
import { Clock, SystemClock } from '@entrepot/kernel';
import type { CellId, CountryCode } from '@entrepot/kernel';
import { OrderStore } from '@entrepot/orders';
import { PaymentStore } from '@entrepot/payments';
import { Mailer } from '@entrepot/platform-mail';
import { ShopDatabase, VaultDatabase } from '@entrepot/platform-database';
import { RateLimiter } from '@entrepot/platform-http';
import { SubjectVault } from '@entrepot/platform-crypto';
import { Log } from '@entrepot/platform-telemetry';
import {
  CloseCases,
  CohortStore,
  ErasureCertificates,
  ErasureEvidence,
  ErasureStore,
  FencedKeys,
  Fences,
  IdentityCodes,
  KeyHolders,
  KeyTrial,
  LegalHolds,
  MakeCohort,
  MakeFiscalCohorts,
  RecipientNotices,
  RequestContacts,
  RequestKeys,
  RequestTraces,
  RestoredErasures,
  RetainedFields,
  Restrictions,
  SuppressionDigests,
} from '@entrepot/privacy';
import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { ErasureRequestsController } from '../src/api/erasure-requests.controller.ts';
import { CopyOffer, NoCopyOffer } from '../src/application/copy-offer.ts';
import { ErasureSteps } from '../src/application/erasure-steps.ts';
import { drivenActions } from '../src/domain/next-action.ts';

const outside = [
  ...[EndSessions, PeopleRegister, ProvePresence, ReadContact, StaffAssertions],
  ...[OrderStore, SubjectVault, ShopDatabase, VaultDatabase, Log, IdentityCodes, Restrictions],
  ...[ErasureCertificates, ErasureStore, Fences, KeyHolders, KeyTrial, RestoredErasures],
  ...[CloseCases, CohortStore, FencedKeys, LegalHolds, MakeCohort, MakeFiscalCohorts],
  ...[RateLimiter, RetainedFields, SuppressionDigests],
  ...[PaymentStore, Mailer, RecipientNotices, RequestContacts, RequestKeys],
  ...[ErasureEvidence, RequestTraces],
];

/** What the rest of a cell provides; nothing of it is called here. */
@Module({})
class Outside {
  static all(): DynamicModule {
    const providers = [
      ...outside.map((provide) => ({ provide, useValue: {} })),
      { provide: Clock, useValue: new SystemClock() },
    ];
    return { module: Outside, global: true, providers, exports: providers };
  }
}

class CopyMaker extends NoCopyOffer {}

@Module({ providers: [CopyMaker], exports: [CopyMaker] })
class CopyMakers {}

const options: ErasureOptions = {
  ...{ cell: 'in-1' as CellId, countries: ['IN' as CountryCode], timeZone: 'Asia/Kolkata' },
  ...{ law: [], coolingOffHours: 0, evidence: 'noted' },
};
const open: TestingModule[] = [];
async function assembled(module: DynamicModule): Promise<TestingModule> {
  const built = await Test.createTestingModule({ imports: [Outside.all(), module] }).compile();
  open.push(built);
  return built;
}
afterAll(() => Promise.all(open.map((module) => module.close())));

describe('erasure in a worker', () => {
  let worker: TestingModule;
  beforeAll(async () => {
    worker = await assembled(ErasureModule.forWorker(options));
  });

  it('has a step for everything that processes do, each with all that it needs', () => {
    const steps = worker.get(ErasureSteps, { strict: false });
    for (const action of drivenActions) {
      const step = steps.of(action);
      expect(step.action).toBe(action);
      expect(Object.values(step)).not.toContain(undefined);
    }
    expect(worker.get(DriveErasureJob, { strict: false }).job.name).toBe('erasure.drive');
  });

  it('has all that it needs to keep statutory records', () => {
    const keep = worker.get(KeepStatutoryRecords, { strict: false });
    expect(Object.values(keep)).not.toContain(undefined);
  });

  it('has all that it needs to purge again whom a restore brought back', () => {
    expect(Object.values(worker.get(PurgeRestored, { strict: false }))).not.toContain(undefined);
  });
});

describe('erasure in an API process', () => {
  it('answers officers and carries nothing out', async () => {
    const api = await assembled(
      ErasureModule.forApi({ ...options, identityCodeKey: () => Buffer.alloc(32) }),
    );
    expect(api.get(ErasureRequestsController, { strict: false })).toBeDefined();
    expect(() => api.get(DriveErasureJob, { strict: false })).toThrow();
    expect(api.get(CopyOffer, { strict: false })).toBeInstanceOf(NoCopyOffer);
  });

  it('offers the copies of whoever makes them', async () => {
    const api = await assembled(
      ErasureModule.forApi({
        ...{ ...options, identityCodeKey: () => Buffer.alloc(32), copyOffer: CopyMaker },
        imports: [CopyMakers],
      }),
    );
    expect(api.get(CopyOffer, { strict: false })).toBeInstanceOf(CopyMaker);
  });
});
