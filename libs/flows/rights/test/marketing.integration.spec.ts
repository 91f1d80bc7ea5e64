import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PgSuppressionList } from '@entrepot/consents';
import { field } from '@entrepot/contracts/events/event-fields';
import { SendMarketing } from '@entrepot/flow-rights';
import type { MarketingOutcome } from '@entrepot/flow-rights';
import { newCellId } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import { BullMqJobQueue, BullMqJobRunner, defineJob, JobHandler } from '@entrepot/platform-jobs';
import type { JobPayload } from '@entrepot/platform-jobs';
import { SuppressionDigests } from '@entrepot/privacy';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordingMailer } from './rights-fixture.ts';
import { RightsScene } from './rights-scene.ts';
import type { Shopper } from './rights-scene.ts';

const sendCampaign = defineJob({
  name: 'campaigns.send-message',
  fields: { campaign: field.reference(), subject: field.reference() },
  atOnceMax: 1,
  rederiveEverySeconds: 3_600,
});
type Payload = JobPayload<typeof sendCampaign>;

/** A campaign as any would be: a job for each person, queued long before it is its turn. */
class CampaignJob extends JobHandler<Payload> {
  override readonly job = sendCampaign;
  readonly outcomes = new Map<string, MarketingOutcome>();
  readonly #marketing: SendMarketing;

  constructor(marketing: SendMarketing) {
    super();
    this.#marketing = marketing;
  }

  override async handle({ campaign, subject }: Payload): Promise<void> {
    const outcome = await this.#marketing.execute({
      ...{ subject: subject as SubjectId, purpose: 'marketing_mail', kind: 'inactivity_notice' },
      ...{ values: {}, reference: `${campaign}:${subject}` },
    });
    this.outcomes.set(subject, outcome);
  }

  override rederive(): Promise<readonly Payload[]> {
    return Promise.resolve([]);
  }
}

const suppressions = statement(
  'spec.suppressions',
  `SELECT encode(digest, 'hex') AS "digest" FROM consents.suppression`,
);
const restrict = statement('spec.restrict', 'SELECT privacy.restrict_subject($1, $2)');
const lift = statement('spec.lift', 'SELECT privacy.lift_restriction($1, true)');
const fence = statement('spec.fence', 'SELECT privacy.fence_subject($1)');
const rewriteConsent = statement(
  'spec.rewrite_consent',
  'UPDATE consents.entry SET is_granted = true WHERE subject_id = $1',
);

let scene: RightsScene;
let mailer: RecordingMailer;
let campaign: CampaignJob;
let queue: BullMqJobQueue;
let runner: BullMqJobRunner | undefined;
let redis: { url: string; prefix: string };

beforeAll(async () => {
  scene = await RightsScene.open();
});
afterAll(() => scene.fixture.end());
beforeEach(() => {
  const { worker, fixture } = scene;
  const { url, keyPrefix } = fixture.stores.redis;
  redis = { url, prefix: `${keyPrefix}${randomUUID()}` };
  mailer = fixture.mailer;
  mailer.sent.length = 0;
  campaign = new CampaignJob(worker.get(SendMarketing, { strict: false }));
  queue = new BullMqJobQueue(redis);
});
afterEach(async () => {
  await runner?.close();
  await queue.close();
});

const consent = ({ token }: Shopper, isGranted: boolean) =>
  scene.call('/v1/me/consents/marketing_mail', {
    ...{ method: 'PUT', token, body: isGranted ? { isGranted, textVersion: 1 } : { isGranted } },
  });
const object = ({ token }: Shopper, isRaised: boolean) =>
  scene.call('/v1/me/objections/direct-marketing', { method: 'PUT', token, body: { isRaised } });

async function consentingShoppers(count: number): Promise<Shopper[]> {
  const shoppers: Shopper[] = [];
  for (let at = 0; at < count; at += 1) {
    const shopper = await scene.newShopper();
    expect((await consent(shopper, true)).status).toBe(200);
    shoppers.push(shopper);
  }
  return shoppers;
}

async function enqueue(shoppers: readonly Shopper[], name = 'spring'): Promise<void> {
  for (const { subject } of shoppers)
    await queue.enqueue(sendCampaign, { campaign: name, subject });
}

/** Starts the worker of the queue and waits until it has been everybody's turn. */
async function run(shoppers: readonly Shopper[]): Promise<(MarketingOutcome | undefined)[]> {
  campaign.outcomes.clear();
  const parts = { ...redis, queue, declared: [sendCampaign], handlers: [campaign] };
  runner ??= new BullMqJobRunner(parts);
  const end = performance.now() + 30_000;
  while (campaign.outcomes.size < shoppers.length) {
    if (performance.now() > end) throw new Error('not everybody had a turn');
    await sleep(20);
  }
  await runner.close();
  runner = undefined;
  return shoppers.map(({ subject }) => campaign.outcomes.get(subject));
}

describe('T45 the withdrawal of a consent', () => {
  it('counts for the very next message, whatever is queued already', async () => {
    const shoppers = await consentingShoppers(3);
    const [first, second, third] = shoppers;
    await enqueue(shoppers);
    const withdrawn = await consent(second as Shopper, false);
    expect(withdrawn.body).toMatchObject({ purpose: 'marketing_mail', isGranted: false });
    expect(await run(shoppers)).toEqual(['sent', 'not_permitted', 'sent']);
    expect(mailer.sent.map(({ to }) => to).toSorted()).toEqual(
      [first?.email, third?.email].toSorted(),
    );
  });

  it('is as easy as giving it, and giving it again counts as soon', async () => {
    const shoppers = await consentingShoppers(1);
    const [shopper] = shoppers as [Shopper];
    await consent(shopper, false);
    await enqueue(shoppers, 'one');
    expect(await run(shoppers)).toEqual(['not_permitted']);
    await consent(shopper, true);
    await enqueue(shoppers, 'two');
    expect(await run(shoppers)).toEqual(['sent']);
  });

  it('stays in the ledger beside what was true before, and nobody rewrites either', async () => {
    const [shopper] = (await consentingShoppers(1)) as [Shopper];
    await consent(shopper, true);
    await consent(shopper, false);
    await expect(scene.superuser().execute(rewriteConsent, [shopper.subject])).rejects.toThrow(
      'an entry of the consent ledger is not changed',
    );
    const { body } = await scene.call('/v1/me/consents', { token: shopper.token });
    expect(body['consents']).toMatchObject([
      { purpose: 'marketing_mail', isGranted: false, text: { version: 1 } },
      { purpose: 'recommendations', isGranted: false, decidedAt: null },
    ]);
  });

  it('nobody consents to words that are not the newest, and without a decision nobody has consented', async () => {
    const shopper = await scene.newShopper();
    const answer = await scene.call('/v1/me/consents/recommendations', {
      ...{ method: 'PUT', token: shopper.token, body: { isGranted: true, textVersion: 1 } },
    });
    expect(answer.body).toMatchObject({ status: 409, code: 'CONSENT_TEXT_CHANGED' });
    await enqueue([shopper]);
    expect(await run([shopper])).toEqual(['not_permitted']);
  });
});

describe('whose data are not used', () => {
  it('T42 is not written to, though they consented: not while restricted, nor once fenced', async () => {
    const shoppers = await consentingShoppers(3);
    const [restricted, fenced, free] = shoppers as [Shopper, Shopper, Shopper];
    await enqueue(shoppers);
    const officer = newCellId('staff', scene.fixture.cells.home);
    await scene.superuser().query(restrict, [restricted.subject, officer]);
    await scene.superuser().query(fence, [fenced.subject]);
    expect(await run(shoppers)).toEqual(['not_permitted', 'not_permitted', 'sent']);
    expect(mailer.sent.map(({ to }) => to)).toEqual([free.email]);
    await scene.superuser().query(lift, [restricted.subject]);
    await enqueue([restricted], 'later');
    expect(await run([restricted])).toEqual(['sent']);
  });
});

describe('T43 an objection to direct marketing', () => {
  it('stops a campaign that is queued, though the consent was given before', async () => {
    const shoppers = await consentingShoppers(3);
    await enqueue(shoppers);
    expect((await object(shoppers[0] as Shopper, true)).body).toEqual({ isRaised: true });
    expect(await run(shoppers)).toEqual(['not_permitted', 'sent', 'sent']);
    expect(mailer.sent.map(({ to }) => to)).not.toContain(shoppers[0]?.email);
  });

  it('stops it from the first write on, though the process died before it took the consents back', async () => {
    const [shopper] = (await consentingShoppers(1)) as [Shopper];
    await enqueue([shopper]);
    const digests = scene.worker.get(SuppressionDigests, { strict: false });
    const digest = await digests.of(shopper.email);
    await new PgSuppressionList(scene.superuser()).add(digest);
    expect(await run([shopper])).toEqual(['not_permitted']);
  });

  it('holds for the address, of which nothing but a keyed digest is kept', async () => {
    const [shopper] = (await consentingShoppers(1)) as [Shopper];
    await object(shopper, true);
    const digests = scene.worker.get(SuppressionDigests, { strict: false });
    const expected = (await digests.of(` ${shopper.email.toUpperCase()} `)).toString('hex');
    const kept = await scene.superuser().query<{ digest: string }>(suppressions);
    expect(kept.map(({ digest }) => digest)).toContain(expected);
    expect(JSON.stringify(kept)).not.toContain(shopper.email);
    const read = await scene.call('/v1/me/objections/direct-marketing', { token: shopper.token });
    expect(read.body).toEqual({ isRaised: true });
  });

  it('is taken back by the person, also by consenting anew', async () => {
    const shoppers = await consentingShoppers(2);
    const [one, other] = shoppers as [Shopper, Shopper];
    for (const shopper of shoppers) await object(shopper, true);
    await object(one, false);
    await consent(other, true);
    await enqueue(shoppers);
    // who took the objection back has not consented again: the objection had ended the consent
    expect(await run(shoppers)).toEqual(['not_permitted', 'sent']);
  });
});
