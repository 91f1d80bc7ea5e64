import type { EndSessions, PeopleRegister } from '@entrepot/identity';
import type { CellId, CountryCode, ErasureRequestId, StaffId, SubjectId } from '@entrepot/kernel';
import { Log } from '@entrepot/platform-telemetry';
import { PersonalDataOwners } from '@entrepot/privacy';
import type { ErasureRequest, MakeCohort, RetentionLaw } from '@entrepot/privacy';
import type { DiscoveryService } from '@nestjs/core';
import { ChangeErasure } from '../src/application/change-erasure.ts';
import { DriveErasure } from '../src/application/drive-erasure.ts';
import type { ErasureSettings } from '../src/application/erasure-settings.ts';
import { ErasureSteps } from '../src/application/erasure-steps.ts';
import { GatherEvidence } from '../src/application/gather-evidence.ts';
import { PlanErasure } from '../src/application/plan-erasure.ts';
import { RecordTraces } from '../src/application/record-traces.ts';
import { StoreKeepers } from '../src/application/store-keeper.ts';
import { SweepStores } from '../src/application/sweep-stores.ts';
import { AwaitKeyDestroyed, AwaitKeyUnusable } from '../src/application/steps/await-key-end.ts';
import { CertifyErasure } from '../src/application/steps/certify-erasure.ts';
import { CommitErasure } from '../src/application/steps/commit-erasure.ts';
import { CoolOff } from '../src/application/steps/cool-off.ts';
import { DrainProcesses } from '../src/application/steps/drain-processes.ts';
import { ExtractFields } from '../src/application/steps/extract-fields.ts';
import { FencePerson } from '../src/application/steps/fence-person.ts';
import { PurgeStores } from '../src/application/steps/purge-stores.ts';
import { VerifyUnreadable } from '../src/application/steps/verify-unreadable.ts';
import { nextAction } from '../src/domain/next-action.ts';
import type { ErasureEvent } from '../src/domain/transition.ts';
import {
  Crash,
  InMemoryAccounts,
  InMemoryCertificates,
  InMemoryErasureStore,
  InMemoryFencedKeys,
  InMemoryFields,
  InMemoryHolds,
  InMemoryKeyHolders,
  InMemoryKeyTrial,
  InMemoryRetained,
  InMemoryTables,
  InMemoryVault,
  NoInvoices,
  Power,
} from './in-memory-erasure.ts';
import { InMemoryEvidence } from './in-memory-evidence.ts';
import { InMemoryRecipients } from './in-memory-recipients.ts';

/** More than an erasure needs with a crash in the middle of it. */
export const roundsMax = 12;
export const start = new Date('2026-11-28T10:00:00Z');
export const country = 'IN' as CountryCode;
export const id = `ers_in-1_${'a'.repeat(26)}` as ErasureRequestId;
export const officer = (name: string) => ({
  staffId: `stf_in-1_${name.repeat(26)}` as StaffId,
  person: `sub_in-1_${name.repeat(26)}` as SubjectId,
});
export const shredAccounts: RetentionLaw = [
  {
    ...{ legalEntity: 'entity', country, category: 'account', law: 'a law', version: 1 },
    ...{ action: 'shred-now', leaves: 'nothing', inForceSince: '2020-01-01', spec: 'a spec' },
    signOff: undefined,
  },
];
export const keepAccounts: RetentionLaw = [
  ...shredAccounts,
  {
    ...{ legalEntity: 'entity', country, category: 'account', law: 'a later law', version: 2 },
    ...{ action: 'retain-until', period: { months: 12, from: 'request' } },
    ...{ inForceSince: '2026-11-29', spec: 'a spec', signOff: undefined },
    ...{ cohort: 'a-year', fields: ['identity.account.email', 'identity.account.full_name'] },
  },
];

const log = new Log({ level: 'silent' as never, bound: { cell: 'in-1' } });

/** One cell in memory: what outlives a crash of its worker, and how a worker is started. */
export class World {
  readonly power = new Power();
  readonly store = new InMemoryErasureStore(this.power);
  readonly vault = new InMemoryVault(this.power);
  readonly holders = new InMemoryKeyHolders();
  readonly accounts = new InMemoryAccounts(this.power);
  readonly tables = new InMemoryTables(this.accounts);
  readonly certificates = new InMemoryCertificates(this.power);
  readonly recipients = new InMemoryRecipients(this.power, this.store, this.vault);
  readonly evidence = new InMemoryEvidence(this.power);
  readonly retained = new InMemoryRetained(this.power);
  readonly holds = new InMemoryHolds();
  readonly cohorts: string[] = [];
  law = shredAccounts;
  now = start;
  coolingOffHours = 0;
  evidenceSetting: ErasureSettings['evidence'] = 'noted';

  get request(): ErasureRequest {
    const request = this.store.requests.get(id);
    if (request === undefined) throw new Error('there is no request');
    return request;
  }

  readonly #clock = { now: () => this.now };

  #settings(): ErasureSettings {
    const { law, coolingOffHours, evidenceSetting: evidence } = this;
    const place = { cell: 'in-1' as CellId, countries: [country], timeZone: 'UTC' };
    return { ...place, law, coolingOffHours, evidence };
  }

  plans(): PlanErasure {
    const people = { residenceOf: () => Promise.resolve(undefined) } as unknown as PeopleRegister;
    return new PlanErasure(people, this.tables, this.holds, new NoInvoices(), this.#settings());
  }

  async apply(event: ErasureEvent): Promise<void> {
    const changes = new ChangeErasure(this.store, this.#clock);
    await changes.execute(this.request, event, { actor: officer('b').staffId });
  }

  async takeIn(): Promise<void> {
    const at = this.now;
    const request: ErasureRequest = {
      ...{ id, subject: officer('s').person, status: 'received', version: 1 },
      ...{ requestedBy: officer('c'), requestedAt: at, dueAt: new Date('2026-12-28T23:59:59Z') },
      ...{ extendedTo: undefined, identity: undefined, plan: undefined },
      ...{ confirmation: undefined, approval: undefined },
      ...{ coolingOffUntil: undefined, committedAt: undefined, fencedAt: undefined },
      ...{ drainedAt: undefined, keyUnusableAt: undefined, purgedAt: undefined },
      ...{ keyDestroyedAt: undefined, closedAt: undefined, resumesTo: undefined },
      ...{ failure: undefined, duplicateOf: undefined },
    };
    await this.store.insert(request, { action: 'receive', actor: officer('c').staffId, at });
    await this.apply({ action: 'verify-identity', at, method: 'named_by_staff' });
    await this.apply({ action: 'assess', at, plan: await this.plans().execute(request, at) });
    await this.approve();
  }

  async approve(): Promise<void> {
    const signed = { planDigest: this.request.plan?.digest ?? '', at: this.now };
    const confirmation = { ...officer('c'), ...signed };
    await this.apply({ action: 'confirm', at: this.now, approval: confirmation });
    const approval = { ...officer('b'), ...signed };
    await this.apply({ action: 'approve', at: this.now, approval });
  }

  worker(): DriveErasure {
    const settings = this.#settings();
    const { store, vault, tables, certificates } = this;
    const sessions = { execute: () => this.power.through(() => 1) } as unknown as EndSessions;
    const discovery = { getProviders: () => [{ instance: this.accounts }] };
    const owners = new PersonalDataOwners(discovery as unknown as DiscoveryService);
    const trial = new InMemoryKeyTrial(vault);
    const evidence = new GatherEvidence(this.evidence, certificates, store);
    const { prepare, notify, objection, close, seal } = this.recipients.parts();
    const fields = new InMemoryFields(this.accounts);
    const traces = new RecordTraces(new InMemoryFencedKeys(vault), fields, seal, store);
    const steps = new ErasureSteps([
      new CoolOff(settings),
      new CommitErasure(this.plans(), tables, owners),
      new FencePerson(vault, sessions, store, prepare, objection),
      new DrainProcesses(this.holders, tables, store, prepare, traces),
      this.#extract(),
      new AwaitKeyUnusable(vault),
      new PurgeStores(new SweepStores(owners, new StoreKeepers([]), tables), store),
      notify,
      new VerifyUnreadable(trial, owners, evidence, store, settings),
      new AwaitKeyDestroyed(vault, evidence),
      new CertifyErasure(certificates, store, vault, this.recipients.notices, settings),
      close,
    ]);
    return new DriveErasure(store, steps, this.#clock, log);
  }

  #extract(): ExtractFields {
    const makeCohort = {
      execute: ({ name }: { readonly name: string }) =>
        this.power.through(() => this.cohorts.push(name) > 0),
    } as unknown as MakeCohort;
    const [keys, fields] = [new InMemoryFencedKeys(this.vault), new InMemoryFields(this.accounts)];
    return new ExtractFields(keys, fields, makeCohort, this.retained, this.store);
  }

  /** The eraser's part, as far as the request lets it. */
  eraser(): void {
    const { status, purgedAt } = this.request;
    const { unusableAt, destroyedAt } = this.vault.fate;
    if (status === 'extracted' || unusableAt !== undefined) {
      this.vault.fate = {
        unusableAt: unusableAt ?? this.now,
        destroyedAt: purgedAt === undefined ? destroyedAt : new Date('2026-12-06T10:00:00Z'),
      };
    }
    this.certificates.signAll();
  }

  /** Rounds of a worker, started anew after every crash, and of the eraser. */
  async untilAtRest(): Promise<number> {
    let crashes = 0;
    for (let round = 0; round < roundsMax; round += 1) {
      try {
        await this.worker().execute(id);
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        crashes += 1;
        this.power.failAt(undefined);
      }
      this.eraser();
      if (nextAction(this.request) === undefined) break;
    }
    return crashes;
  }
}
