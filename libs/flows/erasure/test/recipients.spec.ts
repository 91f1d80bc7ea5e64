import { beforeEach, describe, expect, it } from '@jest/globals';
import type { EndSessions } from '@entrepot/identity';
import type { ErasureRequestId, StaffId, SubjectId } from '@entrepot/kernel';
import { Log } from '@entrepot/platform-telemetry';
import type { ErasureRequest } from '@entrepot/privacy';
import { ChangeErasure } from '../src/application/change-erasure.ts';
import { DriveErasure } from '../src/application/drive-erasure.ts';
import { ErasureStepWork } from '../src/application/erasure-step.ts';
import type { StepOutcome } from '../src/application/erasure-step.ts';
import { ErasureSteps } from '../src/application/erasure-steps.ts';
import {
  RecipientFaultError,
  RecipientSilentError,
} from '../src/application/recipients/data-recipient.ts';
import type { SubjectTables } from '../src/application/subject-tables.ts';
import type { RecordTraces } from '../src/application/record-traces.ts';
import { DrainProcesses } from '../src/application/steps/drain-processes.ts';
import { FencePerson } from '../src/application/steps/fence-person.ts';
import { drivenActions } from '../src/domain/next-action.ts';
import type { DrivenAction } from '../src/domain/next-action.ts';
import {
  Crash,
  InMemoryErasureStore,
  InMemoryKeyHolders,
  InMemoryVault,
  Power,
} from './in-memory-erasure.ts';
import { canaryEmail, canaryPayments, InMemoryRecipients } from './in-memory-recipients.ts';

const start = new Date('2026-11-28T10:00:00Z');
const dayMs = 86_400_000;
const id = `ers_in-1_${'a'.repeat(26)}` as ErasureRequestId;
const officer = (name: string) => ({
  staffId: `stf_in-1_${name.repeat(26)}` as StaffId,
  person: `sub_in-1_${name.repeat(26)}` as SubjectId,
});
const plan = { text: '{}', digest: 'd', keepsSomething: false, needsExtract: false };
/** Approved by two and past the point of no return. */
const committed: ErasureRequest = {
  ...{ id, subject: officer('s').person, status: 'cooling_off', version: 1, plan },
  ...{ requestedBy: officer('c'), requestedAt: start, dueAt: new Date('2026-12-28T23:59:59Z') },
  confirmation: { ...officer('c'), planDigest: 'd', at: start },
  approval: { ...officer('b'), planDigest: 'd', at: start },
  ...{ extendedTo: undefined, identity: undefined, coolingOffUntil: start, committedAt: start },
  ...{ fencedAt: undefined, drainedAt: undefined, keyUnusableAt: undefined, purgedAt: undefined },
  ...{ keyDestroyedAt: undefined, closedAt: undefined, resumesTo: undefined },
  ...{ failure: undefined, duplicateOf: undefined },
};

/** A step of somebody else, which is done at once. */
class OthersStep extends ErasureStepWork {
  constructor(override readonly action: DrivenAction) {
    super();
  }

  override perform(_: ErasureRequest, at: Date): Promise<StepOutcome> {
    return Promise.resolve({ event: { action: this.action, at, until: at } });
  }
}

class World {
  readonly power = new Power();
  readonly store = new InMemoryErasureStore(this.power);
  readonly vault = new InMemoryVault(this.power);
  readonly recipients = new InMemoryRecipients(this.power, this.store, this.vault);
  readonly #log = new Log({ level: 'silent' as never, bound: { cell: 'in-1' } });
  now = start;

  constructor() {
    this.store.requests.set(id, committed);
  }

  get request(): ErasureRequest {
    return this.store.requests.get(id) ?? committed;
  }

  /** As often as a worker would look in a while, each time a process that knows nothing of before. */
  async work(): Promise<void> {
    for (let round = 0; round < 6; round += 1) {
      try {
        await this.#worker().execute(id);
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        this.power.failAt(undefined);
      }
    }
  }

  async pass(days: number): Promise<void> {
    this.now = new Date(this.now.getTime() + days * dayMs);
    await this.work();
  }

  async retry(): Promise<void> {
    const changes = new ChangeErasure(this.store, { now: () => this.now });
    await changes.execute(this.request, { action: 'retry', at: this.now }, { actor: 'worker' });
  }

  events(action: string) {
    return this.store.events.filter((event) => event.action === action);
  }

  #worker(): DriveErasure {
    const { prepare, notify, close, objection } = this.recipients.parts();
    const sessions = { execute: () => Promise.resolve(1) } as unknown as EndSessions;
    const tables = { rowsOf: () => Promise.resolve([]) } as unknown as SubjectTables;
    const noTraces = { execute: () => Promise.resolve() } as unknown as RecordTraces;
    const own = [
      new FencePerson(this.vault, sessions, this.store, prepare, objection),
      new DrainProcesses(new InMemoryKeyHolders(), tables, this.store, prepare, noTraces),
      notify,
      close,
    ];
    const done = new Set<string>(own.map(({ action }) => action));
    const others = drivenActions.filter((action) => !done.has(action));
    const steps = new ErasureSteps([...own, ...others.map((action) => new OthersStep(action))]);
    return new DriveErasure(this.store, steps, { now: () => this.now }, this.#log);
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});

describe('what a request keeps of a person', () => {
  it('is sealed before the fence, told to processors after it, and gone at the end', async () => {
    const { mail, psp, keys, contacts, notices, letters } = world.recipients;
    mail.status = { status: 'in_progress' };
    await world.work();
    const kept = [...contacts.kept.values(), ...[...notices.kept.values()].map((of) => of.sealed)];
    expect(kept.filter((sealed) => sealed !== undefined)).toHaveLength(2);
    for (const sealed of kept) {
      for (const canary of [canaryEmail, ...canaryPayments]) {
        expect(sealed?.includes(canary) ?? false).toBe(false);
      }
    }
    expect([...mail.taken.values()][0]).toMatchObject({
      type: 'erasure',
      identities: [canaryEmail],
    });
    expect([...psp.taken.values()][0]).toMatchObject({ identities: canaryPayments });
    mail.status = psp.status;
    await world.pass(1);
    expect(world.request.status).toBe('closed');
    expect({ keys: [...keys.keys.values()], contacts: contacts.kept.size }).toEqual({
      ...{ keys: ['destroyed'], contacts: 0 },
    });
    expect([...notices.kept.values()].map(({ sealed }) => sealed)).toEqual([undefined, undefined]);
    expect([...letters.sent.values()]).toMatchObject([
      { kind: 'erasure_done', to: canaryEmail, locale: 'hi', reference: `${id}.done` },
    ]);
  });
});

describe('T29 a processor', () => {
  it('that never answers keeps the request from its certificate, and somebody is told once', async () => {
    world.recipients.psp.fails = new RecipientSilentError('silent');
    await world.work();
    await world.pass(13);
    expect(world.request.status).toBe('purged');
    expect(world.events('escalate')).toEqual([]);
    await world.pass(2);
    await world.pass(200);
    expect(world.request).toMatchObject({ status: 'purged', failure: undefined });
    expect(world.events('escalate')).toMatchObject([{ detail: 'RECIPIENT_SILENT' }]);
    expect(world.events('certify')).toEqual([]);
    // the others were told all the same
    expect(world.recipients.notices.kept.get('mail')).toMatchObject({ state: 'completed' });
    world.recipients.psp.fails = undefined;
    await world.pass(1);
    expect(world.request.status).toBe('closed');
  });

  it.each([
    ['ERASURE_RECIPIENT_UNPROVEN', 'answered badly signed'],
    ['ERASURE_RECIPIENT_REFUSED', 'answered 400'],
  ] as const)('whose answer is %s fails the request by its name', async (code, message) => {
    world.recipients.psp.fails = new RecipientFaultError(code, message);
    await world.work();
    expect(world.request).toMatchObject({
      ...{ status: 'failed', resumesTo: 'purged', failure: { step: 'notify-recipients', code } },
    });
    expect(world.store.steps.get(`${id} notify-recipients recipient:psp`)).toMatchObject({
      ...{ state: 'failed', leftReason: code },
    });
    expect(world.recipients.notices.kept.get('psp')).toMatchObject({ proof: undefined });
    world.recipients.psp.fails = undefined;
    await world.retry();
    await world.work();
    expect(world.request.status).toBe('closed');
  });

  it('that gives the request up is asked anew, under another name, once people have looked', async () => {
    const { psp, notices } = world.recipients;
    const erased = psp.status;
    psp.status = { status: 'cancelled' };
    await world.work();
    expect(world.request).toMatchObject({ failure: { code: 'ERASURE_RECIPIENT_CANCELLED' } });
    psp.status = erased;
    await world.work();
    expect(world.request.status).toBe('failed');
    await world.retry();
    await world.work();
    expect(world.request.status).toBe('closed');
    expect(notices.kept.get('psp')).toMatchObject({ state: 'completed', attempt: 2 });
    expect(psp.taken.size).toBe(2);
  });

  it('that has forgotten the request is told again under the same name', async () => {
    const { psp } = world.recipients;
    const erased = psp.status;
    psp.status = { status: 'pending' };
    await world.work();
    psp.taken.clear();
    psp.status = erased;
    await world.pass(1);
    await world.pass(1);
    expect(world.request.status).toBe('closed');
    expect({ calls: psp.calls, taken: psp.taken.size }).toEqual({ calls: 2, taken: 1 });
  });

  it('that the region no longer lists is no reason to certify', async () => {
    world.recipients.psp.status = { status: 'pending' };
    await world.work();
    world.recipients.isConnected = false;
    await world.pass(1);
    expect(world.request).toMatchObject({ failure: { code: 'ERASURE_RECIPIENT_UNKNOWN' } });
  });
});

describe('the last letter', () => {
  it('waits for the provider of mail, and is given up after three days', async () => {
    world.recipients.letters.isDown = true;
    await world.work();
    await world.pass(2);
    expect(world.request.status).toBe('certified');
    expect(world.recipients.contacts.kept.size).toBe(1);
    await world.pass(2);
    expect(world.request.status).toBe('closed');
    expect(world.events('close')).toMatchObject([{ detail: 'LAST_LETTER_NOT_SENT' }]);
    expect(world.recipients.contacts.kept.size).toBe(0);
    expect(world.recipients.keys.keys.get(id)).toBe('destroyed');
  });

  it('is sent once where the worker dies behind it', async () => {
    await world.work();
    const { effects } = world.power;
    for (let effect = 1; effect <= effects; effect += 1) {
      const other = new World();
      other.power.failAt(effect);
      await other.work();
      const { letters, psp, mail, keys } = other.recipients;
      expect({
        ...{ effect, status: other.request.status, letters: letters.sent.size },
        ...{ psp: psp.taken.size, mail: mail.taken.size, keys: [...keys.keys.values()] },
      }).toEqual({
        ...{ effect, status: 'closed', letters: 1, psp: 1, mail: 1, keys: ['destroyed'] },
      });
    }
  });
});
