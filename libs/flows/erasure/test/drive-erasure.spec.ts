import { beforeEach, describe, expect, it } from '@jest/globals';
import type { EndSessions, PeopleRegister } from '@entrepot/identity';
import type { CellId, CountryCode, ErasureRequestId, StaffId, SubjectId } from '@entrepot/kernel';
import { Log } from '@entrepot/platform-telemetry';
import { brokenLinks, PersonalDataOwners } from '@entrepot/privacy';
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
import { InMemoryEvidence, signedEvidence } from './in-memory-evidence.ts';
import { canaryEmail, InMemoryRecipients } from './in-memory-recipients.ts';

/** More than an erasure needs with a crash in the middle of it. */
const roundsMax = 12;
const start = new Date('2026-11-28T10:00:00Z');
const country = 'IN' as CountryCode;
const id = `ers_in-1_${'a'.repeat(26)}` as ErasureRequestId;
const officer = (name: string) => ({
  staffId: `stf_in-1_${name.repeat(26)}` as StaffId,
  person: `sub_in-1_${name.repeat(26)}` as SubjectId,
});
const shredAccounts: RetentionLaw = [
  {
    ...{ legalEntity: 'entity', country, category: 'account', law: 'a law', version: 1 },
    ...{ action: 'shred-now', leaves: 'nothing', inForceSince: '2020-01-01', spec: 'a spec' },
    signOff: undefined,
  },
];
const keepAccounts: RetentionLaw = [
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
class World {
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

let world: World;
beforeEach(async () => {
  world = new World();
  await world.takeIn();
});

const actions = (of = world) => of.store.events.map(({ action }) => action);

describe('an erasure', () => {
  it('goes the whole way by itself once two officers have decided', async () => {
    await world.untilAtRest();
    expect(world.request).toMatchObject({ status: 'closed', resumesTo: undefined });
    expect(world.vault).toMatchObject({ isFenced: true, isErased: true });
    expect(world.accounts.rows).toBe(0);
    expect(brokenLinks(world.store.events)).toEqual([]);
  });

  it('T16 comes to the same end wherever the worker dies, with one certificate', async () => {
    await world.untilAtRest();
    const expected = { actions: actions(), steps: [...world.store.steps.keys()].toSorted() };
    const { effects } = world.power;
    const beforeDriving = await effectsOfTakingIn();
    for (let effect = beforeDriving + 1; effect <= effects; effect += 1) {
      const other = new World();
      await other.takeIn();
      other.power.failAt(effect);
      expect({ effect, crashes: await other.untilAtRest() }).toEqual({ effect, crashes: 1 });
      expect({
        ...{ effect, status: other.request.status, actions: actions(other) },
        steps: [...other.store.steps.keys()].toSorted(),
        ...{ certificates: other.certificates.bodies.length, rows: other.accounts.rows },
        ...outcomeAt(other),
      }).toEqual({ effect, status: 'closed', ...expected, certificates: 1, rows: 0, ...toldOnce });
      expect(other.store.steps.get(`${id} read-back identity.account`)).toMatchObject({
        ...{ matched: 1, deleted: 1, left: 0 },
      });
    }
  });

  /** Each processor has taken one request, the person has one letter, and no key is left of the request. */
  const toldOnce = { psp: 1, mail: 1, letters: [`${id}.done`], keys: ['destroyed'], left: [0, 0] };
  const outcomeAt = ({ recipients: { psp, mail, letters, keys, contacts, traces } }: World) => ({
    ...{ psp: psp.taken.size, mail: mail.taken.size, letters: [...letters.sent.keys()] },
    ...{ keys: [...keys.keys.values()], left: [contacts.kept.size, traces.kept.size] },
  });

  async function effectsOfTakingIn(): Promise<number> {
    const other = new World();
    await other.takeIn();
    return other.power.effects;
  }

  it('is not done twice when two workers are at it', async () => {
    for (let round = 0; round < roundsMax; round += 1) {
      await Promise.all([world.worker().execute(id), world.worker().execute(id)]);
      world.eraser();
    }
    expect(world.request.status).toBe('closed');
    expect(new Set(actions()).size).toBe(actions().length);
    expect(world.certificates.bodies).toHaveLength(1);
  });
});

describe('before the fence', () => {
  it('the officers may think again for as long as the cooling-off lasts', async () => {
    world.coolingOffHours = 24;
    await world.untilAtRest();
    expect(world.request.status).toBe('cooling_off');
    expect(world.vault.isFenced).toBe(false);
    await world.apply({ action: 'withdraw', at: world.now });
    world.now = new Date(start.getTime() + 25 * 3_600_000);
    await world.untilAtRest();
    expect(world.request.status).toBe('withdrawn');
    expect(world.vault.isFenced).toBe(false);
  });

  it('a plan that is another one by then goes back to the officers', async () => {
    world.coolingOffHours = 24;
    await world.untilAtRest();
    world.now = new Date(start.getTime() + 25 * 3_600_000);
    world.law = keepAccounts;
    await world.untilAtRest();
    expect(world.request).toMatchObject({ status: 'assessed', approval: undefined });
    expect(world.store.events.at(-1)).toMatchObject({ action: 'assess', detail: 'PLAN_CHANGED' });
    await world.approve();
    expect(world.request.status).toBe('partial');
    expect(world.vault.isFenced).toBe(false);
  });

  it('a table that nobody answers for fails the request by its name', async () => {
    world.tables.unknown = ['carts.wish'];
    await world.untilAtRest();
    expect(world.request).toMatchObject({
      ...{ status: 'failed', resumesTo: 'cooling_off' },
      failure: { step: 'commit', code: 'ERASURE_STORE_UNKNOWN' },
    });
    expect(world.store.steps.get(`${id} commit carts.wish`)).toMatchObject({ state: 'failed' });
    world.tables.unknown = [];
    await world.apply({ action: 'retry', at: world.now });
    await world.untilAtRest();
    expect(world.request.status).toBe('closed');
  });
});

describe('what a law wants kept', () => {
  /** An erasure under the law of the day after, which keeps accounts for a year. */
  async function erasureThatKeeps(): Promise<World> {
    const keeping = new World();
    keeping.law = keepAccounts;
    keeping.now = new Date('2026-11-29T10:00:00Z');
    await keeping.takeIn();
    return keeping;
  }
  const kept = ({ retained }: World) => [...retained.kept].map(([key, of]) => [key, of.length]);
  const expectedKept = [['RETAIN_in_a-year_2027-11 identity.account', 2]];

  it('is moved before the key ends, and the certificate lists it to its end', async () => {
    const keeping = await erasureThatKeeps();
    await keeping.untilAtRest();
    expect(keeping.request.status).toBe('closed');
    expect(kept(keeping)).toEqual(expectedKept);
    expect(actions(keeping).slice(7, 10)).toEqual(['fence', 'drain', 'extract']);
    const { body } = keeping.certificates.kept.get(id) ?? {};
    expect(JSON.parse(body ?? '')).toMatchObject({
      retained: [
        { category: 'account', leaves: 'fields', law: 'a later law', until: '2027-11-30' },
      ],
    });
  });

  it.each([true, false])(
    'says whether an objection to marketing stays, as a digest: %s',
    async (hasObjected) => {
      if (hasObjected) world.recipients.objected.add(canaryEmail);
      await world.untilAtRest();
      const { body = '{}' } = world.certificates.kept.get(id) ?? {};
      const stays = [{ list: 'direct_marketing', entries: 1, keptAs: 'keyed_digest' }];
      expect(JSON.parse(body)).toMatchObject({ suppressions: hasObjected ? stays : [] });
      expect(body).not.toContain(canaryEmail);
    },
  );

  it('T16 is moved once and whole wherever the worker dies before, in or after EXTRACT', async () => {
    const whole = await erasureThatKeeps();
    const before = whole.power.effects;
    await whole.untilAtRest();
    for (let effect = before + 1; effect <= whole.power.effects; effect += 1) {
      const other = await erasureThatKeeps();
      other.power.failAt(effect);
      expect({ effect, crashes: await other.untilAtRest() }).toEqual({ effect, crashes: 1 });
      expect({ effect, kept: kept(other), actions: actions(other) }).toEqual({
        ...{ effect, kept: expectedKept, actions: actions(whole) },
      });
      expect(other.store.steps.get(`${id} extract identity.account`)).toMatchObject({
        ...{ matched: 2, left: 2, leftReason: 'KEPT_UNDER_COHORT' },
      });
      expect(other.accounts.rows).toBe(0);
    }
  });
});

describe('after the fence', () => {
  it('no key ends before every process has heeded the fence', async () => {
    world.holders.drain = { holders: 2, heeded: 1 };
    await world.untilAtRest();
    expect(world.request.status).toBe('fenced');
    expect(world.vault.fate.unusableAt).toBeUndefined();
    world.now = new Date(start.getTime() + 16 * 60_000);
    await world.untilAtRest();
    expect(world.request).toMatchObject({
      ...{ status: 'failed', resumesTo: 'fenced' },
      failure: { step: 'drain', code: 'ERASURE_DRAIN_TIMED_OUT' },
    });
    world.holders.drain = { holders: 2, heeded: 2 };
    await world.apply({ action: 'retry', at: world.now });
    await world.untilAtRest();
    expect(world.request.status).toBe('closed');
  });

  it('no key ends where no process says anything at all', async () => {
    world.holders.drain = { holders: 0, heeded: 0 };
    await world.untilAtRest();
    expect(world.request.status).toBe('fenced');
  });

  it('an owner that says it deleted and did not is found out', async () => {
    world.accounts.isLying = true;
    await world.untilAtRest();
    expect(world.request).toMatchObject({
      failure: { step: 'purge', code: 'ERASURE_ROWS_LEFT' },
    });
  });

  it('a table that appears in the middle is found out', async () => {
    world.holders.drain = { holders: 1, heeded: 0 };
    await world.untilAtRest();
    world.holders.drain = { holders: 1, heeded: 1 };
    world.tables.unknown = ['carts.wish'];
    await world.untilAtRest();
    expect(world.request).toMatchObject({
      failure: { step: 'purge', code: 'ERASURE_STORE_UNKNOWN' },
    });
  });

  it('a signature of something else makes no certificate', async () => {
    world.eraser = () => {
      World.prototype.eraser.call(world);
      world.certificates.signAll((body) => body.replace('"persons":2', '"persons":3'));
    };
    await world.untilAtRest();
    expect(world.request).toMatchObject({
      failure: { step: 'certify', code: 'ERASURE_CERTIFICATE_BAD' },
    });
  });

  it('the certificate says what was not done, and nothing about whom', async () => {
    world.recipients.isConnected = false;
    await world.untilAtRest();
    const { body } = world.certificates.kept.get(id) ?? {};
    expect(JSON.parse(body ?? '')).toMatchObject({
      ...{ requestId: id, cell: 'in-1', country },
      claims: {
        unusable: { since: start.toISOString() },
        destroyed: { at: '2026-12-06T10:00:00.000Z' },
      },
      approval: { persons: 2, planDigest: world.request.plan?.digest },
      ...{ retained: [], notDone: ['NO_RECIPIENT_CONNECTED', 'NO_SCAN_NO_RESTORE_DRILL'] },
    });
    for (const who of [world.request.subject, officer('b').staffId, officer('c').person]) {
      expect(body).not.toContain(who);
    }
  });
});

describe('evidence that only an operator can give', () => {
  const give = (part: 'store-scan' | 'restore-drill', found = 0) =>
    world.evidence.giveSigned(
      signedEvidence({ requestId: id, part, found }, world.certificates.privateKey),
    );
  const certificate = () =>
    JSON.parse(world.certificates.kept.get(id)?.body ?? '{}') as {
      readonly verification: readonly { readonly part: string; readonly result: string }[];
      readonly notDone: readonly string[];
    };
  const partsOf = () => certificate().verification.map(({ part, result }) => `${part} ${result}`);
  const trials = ['key-trial run', 'key-trial run', 'key-trial run', 'owners run'];

  it('holds the request where the cell requires it, and is told by the certificate', async () => {
    world.evidenceSetting = 'required';
    await world.untilAtRest();
    expect(world.request.status).toBe('recipients_notified');
    await give('store-scan');
    await world.untilAtRest();
    expect(world.request.status).toBe('recipients_notified');
    await give('restore-drill');
    await world.untilAtRest();
    expect(world.request.status).toBe('closed');
    expect(partsOf()).toEqual([...trials, 'store-scan run', 'restore-drill run']);
    expect(certificate().notDone).toEqual([]);
  });

  it('is said not to have run where it is only noted', async () => {
    await world.untilAtRest();
    expect(partsOf()).toEqual([...trials, 'store-scan not_run', 'restore-drill not_run']);
  });

  it('counts as well when it comes while the key waits for its end', async () => {
    const { eraser } = World.prototype;
    world.eraser = () => {
      if (world.request.status !== 'verified_unreadable') eraser.call(world);
    };
    await world.untilAtRest();
    expect(world.request.status).toBe('verified_unreadable');
    await give('store-scan');
    await give('restore-drill');
    world.eraser = eraser.bind(world);
    await world.untilAtRest();
    expect(partsOf()).toEqual([...trials, 'store-scan run', 'restore-drill run']);
    expect(certificate().notDone).toEqual([]);
  });

  it('fails the request when it found something, until a later look is clean', async () => {
    await give('store-scan');
    await give('restore-drill', 3);
    await world.untilAtRest();
    expect(world.request).toMatchObject({
      ...{ status: 'failed', resumesTo: 'recipients_notified' },
      failure: { step: 'verify-unreadable', code: 'ERASURE_STILL_READABLE' },
    });
    await give('restore-drill');
    await world.apply({ action: 'retry', at: world.now });
    await world.untilAtRest();
    expect(world.request.status).toBe('closed');
  });
});
