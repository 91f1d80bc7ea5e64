import { beforeEach, describe, expect, it } from '@jest/globals';
import { brokenLinks } from '@entrepot/privacy';
import { country, id, keepAccounts, officer, roundsMax, start, World } from './erasure-world.ts';
import { canaryEmail } from './in-memory-recipients.ts';
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
