import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CellId, SubjectId } from '@entrepot/kernel';
import { newCellId } from '@entrepot/kernel';
import {
  RecipientFaultError,
  RecipientSilentError,
} from '../src/application/recipients/data-recipient.ts';
import { Crash, InMemoryErasureStore, InMemoryVault, Power } from './in-memory-erasure.ts';
import { canaryEmail, canaryPayments, InMemoryRecipients } from './in-memory-recipients.ts';

const cell = 'in-1' as CellId;
const start = new Date('2026-11-28T10:00:00Z');
const requestId = newCellId('privacyRequest', cell);
const subject = `sub_in-1_${'s'.repeat(26)}` as SubjectId;
/** More than the longest pause before a silent processor is asked again. */
const pauseMs = 1_000_000;
const roundsMax = 6;

class World {
  readonly power = new Power();
  readonly vault = new InMemoryVault(this.power);
  readonly recipients = new InMemoryRecipients(
    this.power,
    new InMemoryErasureStore(this.power),
    this.vault,
  );
  now = start;

  /** One round of a worker that knows nothing of the rounds before. */
  tell(): Promise<boolean> {
    const clock = { now: () => this.now };
    return this.recipients.parts().correct(clock).execute({ requestId, subject });
  }

  /** As often as a sweep would come, whatever breaks meanwhile. */
  async tellUntilDone(): Promise<boolean> {
    for (let round = 0; round < roundsMax; round += 1) {
      try {
        if (await this.tell()) return true;
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        this.power.failAt(undefined);
      }
      this.now = new Date(this.now.getTime() + pauseMs);
    }
    return false;
  }

  get heard() {
    const { mail, psp } = this.recipients;
    return [mail, psp].map(({ taken }) =>
      [...taken.values()].map(({ type, identities }) => ({ type, identities })),
    );
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});

const told = [
  [{ type: 'rectification', identities: [canaryEmail] }],
  [{ type: 'rectification', identities: canaryPayments }],
];

describe('a correction (GDPR Article 19)', () => {
  it('is told to every processor that knows the person, and each one signs that it heard', async () => {
    expect(await world.tellUntilDone()).toBe(true);
    expect(world.heard).toEqual(told);
    const notices = [...world.recipients.notices.kept.values()];
    expect(notices).toMatchObject([
      { processor: 'mail', state: 'completed', sealed: undefined, identities: 1 },
      { processor: 'psp', state: 'completed', sealed: undefined, identities: 2 },
    ]);
    expect(notices.every(({ proof }) => proof !== undefined)).toBe(true);
    expect(world.recipients.keys.keys.get(requestId)).toBe('destroyed');
  });

  it('is told again under the same name to one that was silent, and once to the others', async () => {
    const { mail, psp } = world.recipients;
    mail.fails = new RecipientSilentError('away');
    expect(await world.tell()).toBe(false);
    expect(await world.tell()).toBe(false);
    expect([psp.calls, mail.calls]).toEqual([1, 0]);
    mail.fails = undefined;
    expect(await world.tellUntilDone()).toBe(true);
    expect([psp.calls, mail.calls]).toEqual([1, 1]);
    expect(await world.tell()).toBe(true);
    expect(world.heard).toEqual(told);
  });

  it('of which one processor will not hear is a failure by its code, and is told to the others', async () => {
    const { mail, psp } = world.recipients;
    mail.fails = new RecipientFaultError('ERASURE_RECIPIENT_REFUSED', 'answered 403');
    await expect(world.tell()).rejects.toMatchObject({ code: 'ERASURE_RECIPIENT_REFUSED' });
    expect(psp.calls).toBe(1);
    mail.fails = undefined;
    expect(await world.tellUntilDone()).toBe(true);
  });

  it('comes to the same end wherever its worker dies', async () => {
    await world.tellUntilDone();
    const { effects } = world.power;
    expect(effects).toBeGreaterThan(10);
    for (let effect = 1; effect <= effects; effect += 1) {
      world = new World();
      world.power.failAt(effect);
      expect({ effect, isDone: await world.tellUntilDone() }).toEqual({ effect, isDone: true });
      expect(world.heard).toEqual(told);
      expect(world.recipients.keys.keys.get(requestId)).toBe('destroyed');
    }
  });

  it.each([
    ['LATE', { state: 'void', sealed: undefined }],
    ['FOREIGN', { state: 'prepared', reference: 'another', tries: 9 }],
  ] as const)('takes no answer that is %s, and says so by its code', async (why, become) => {
    const { mail, notices, logged } = world.recipients;
    mail.meanwhile = () => {
      const asked = notices.kept.get('mail');
      if (asked !== undefined) notices.kept.set('mail', { ...asked, ...become });
      return Promise.resolve();
    };
    await world.tell();
    expect(notices.kept.get('mail')).toMatchObject({ ...become, proof: undefined });
    expect(logged).toMatchObject([
      {
        ...{ event: 'privacy.recipient_answer_refused', component: 'recipient.mail' },
        code: `ERASURE_RECIPIENT_ANSWER_${why}`,
      },
    ]);
  });

  it('lets another worker who was faster go on, and says nothing', async () => {
    const { mail, notices, logged } = world.recipients;
    mail.meanwhile = () => {
      const asked = notices.kept.get('mail');
      if (asked !== undefined) notices.kept.set('mail', { ...asked, tries: asked.tries + 1 });
      mail.meanwhile = () => Promise.resolve();
      return Promise.resolve();
    };
    expect(await world.tell()).toBe(false);
    expect(await world.tellUntilDone()).toBe(true);
    expect(logged).toEqual([]);
  });

  it('names nobody where it lies', async () => {
    world.recipients.mail.fails = new RecipientSilentError('away');
    await world.tell();
    const kept = [...world.recipients.notices.kept.values()];
    const bytes = kept.flatMap(({ sealed }) => sealed ?? []).map((of) => of.toString('latin1'));
    expect(bytes).toHaveLength(1);
    expect(bytes.join()).not.toContain(canaryEmail);
  });

  it('of somebody whom nobody outside knows is told to nobody', async () => {
    world.recipients.isConnected = false;
    expect(await world.tell()).toBe(true);
    expect(world.recipients.notices.kept.size).toBe(0);
  });
});
