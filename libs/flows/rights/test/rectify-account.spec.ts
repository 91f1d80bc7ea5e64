import { describe, expect, it } from '@jest/globals';
import type { ChangeAccountUseCase } from '@entrepot/identity';
import { Clock, DomainError, newCellId } from '@entrepot/kernel';
import type { CellId, PrivacyRequestId, SubjectId } from '@entrepot/kernel';
import type { ShopDatabase, Transaction } from '@entrepot/platform-database';
import { PrivacyRequests } from '../src/application/privacy-requests.ts';
import type { NewPrivacyRequest, OpenRequest } from '../src/application/privacy-requests.ts';
import { CorrectionNotices } from '../src/application/correction-notices.ts';
import type { UntoldCorrection } from '../src/application/correction-notices.ts';
import { RectifyAccount } from '../src/application/rectify-account.ts';
import { TellCorrections } from '../src/application/tell-corrections.ts';
import { RightsSettings } from '../src/application/rights-settings.ts';

const cell = 'in-1' as CellId;
const subject: SubjectId = newCellId('subject', cell);
const now = new Date('2026-01-31T10:00:00Z');

/** What a transaction writes once it is committed. */
type PendingWrites = (() => void)[];

/** Keeps the writes of a transaction together, or none of them. */
const database = {
  unitOfWork: async (work: (tx: Transaction) => Promise<unknown>) => {
    const writes: PendingWrites = [];
    const result = await work(writes as unknown as Transaction);
    for (const write of writes) write();
    return result;
  },
} as unknown as ShopDatabase;

class Noted extends PrivacyRequests {
  readonly inserted: NewPrivacyRequest[] = [];
  readonly answered: PrivacyRequestId[] = [];
  readonly told: PrivacyRequestId[] = [];

  override insert(tx: Transaction, request: NewPrivacyRequest): Promise<void> {
    (tx as unknown as PendingWrites).push(() => this.inserted.push(request));
    return Promise.resolve();
  }

  override answer(tx: Transaction, id: PrivacyRequestId): Promise<void> {
    (tx as unknown as PendingWrites).push(() => this.answered.push(id));
    return Promise.resolve();
  }

  override untoldCorrections(
    after: PrivacyRequestId | undefined,
    limit: number,
  ): Promise<readonly UntoldCorrection[]> {
    const untold = this.answered.filter((id) => !this.told.includes(id) && id > (after ?? ''));
    const listed = untold.toSorted().slice(0, limit);
    return Promise.resolve(listed.map((requestId) => ({ requestId, subject })));
  }

  override noteTold(id: PrivacyRequestId): Promise<void> {
    this.told.push(id);
    return Promise.resolve();
  }

  override page(): Promise<readonly []> {
    return Promise.resolve([]);
  }

  override find(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  override open(): Promise<readonly OpenRequest[]> {
    return Promise.resolve([]);
  }
}

/** Recipients who confirm, who take their time, or who cannot be told. */
class Recipients extends CorrectionNotices {
  readonly heard: UntoldCorrection[] = [];
  answers: (boolean | Error)[] = [];

  override execute(correction: UntoldCorrection): Promise<boolean> {
    this.heard.push(correction);
    const answer = this.answers.shift() ?? true;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }
}

class StillClock extends Clock {
  override now(): Date {
    return now;
  }
}

const settings = new RightsSettings({
  ...{
    cell,
    origin: 'http://in-1.localhost',
    countries: [],
    timeZone: 'Asia/Kolkata',
    law: [],
    peopleLaw: [],
    recipients: [],
  },
});

/** Accounts that take a change, or refuse it with an error. */
function partsWith(refusal?: DomainError) {
  const [requests, recipients] = [new Noted(), new Recipients()];
  const corrected: object[] = [];
  const accounts = {
    prepare: (_of: SubjectId, change: object) => (tx: Transaction) => {
      (tx as unknown as PendingWrites).push(() => corrected.push(change));
      return refusal === undefined ? Promise.resolve() : Promise.reject(refusal);
    },
  } as unknown as ChangeAccountUseCase;
  const rectify = new RectifyAccount(database, requests, accounts, settings, new StillClock());
  const tell = new TellCorrections(requests, recipients, new StillClock());
  return { requests, recipients, rectify, tell, corrected };
}

describe('a correction', () => {
  it('is answered once it is made, and told to recipients until each has confirmed it', async () => {
    const { rectify, recipients, requests, tell } = partsWith();
    const change = { fullName: 'Asha Rao', language: undefined };
    const { id, fields } = await rectify.execute(subject, change);
    expect(fields).toEqual(['fullName']);
    expect(requests.inserted).toMatchObject([
      { id, subject, kind: 'rectification', dueAt: new Date('2026-02-28T18:29:59.999Z') },
    ]);
    expect([requests.answered, recipients.heard]).toEqual([[id], []]);
    recipients.answers = [false, false, true];
    expect([await tell.execute(), await tell.execute()]).toEqual([0, 0]);
    expect(requests.told).toEqual([]);
    expect([await tell.execute(), await tell.execute()]).toEqual([1, 0]);
    expect(requests.told).toEqual([id]);
    expect(recipients.heard).toEqual(Array(3).fill({ requestId: id, subject }));
    expect(JSON.stringify(recipients.heard)).not.toContain('Asha');
  });

  it('that cannot be told holds up no other, and is tried again', async () => {
    const { rectify, recipients, requests, tell } = partsWith();
    const made = [
      await rectify.execute(subject, { language: 'hi' }),
      await rectify.execute(subject, { language: 'en' }),
    ];
    const [first, second] = made
      .map(({ id }) => ({ id }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const refused = new Error('refused');
    recipients.answers = [refused];
    await expect(tell.execute()).rejects.toThrow(refused);
    expect(requests.told).toEqual([second?.id]);
    expect(await tell.execute()).toBe(1);
    expect(requests.told).toEqual([second?.id, first?.id]);
  });

  it('has its turn however many others nobody confirms', async () => {
    const { rectify, recipients, requests, tell } = partsWith();
    for (let made = 0; made < 120; made += 1) await rectify.execute(subject, { language: 'hi' });
    recipients.answers = Array<boolean>(120).fill(false);
    for (let sweep = 0; sweep < 3; sweep += 1) await tell.execute();
    const heard = new Set(recipients.heard.map(({ requestId }) => requestId));
    expect(heard).toEqual(new Set(requests.answered));
  });

  it('that fails leaves no request that nobody could answer, and nobody is told', async () => {
    const failed = new DomainError('ACCOUNT_CHANGED', 'somebody was faster');
    const { rectify, recipients, requests, tell } = partsWith(failed);
    await expect(rectify.execute(subject, { fullName: 'Asha Rao' })).rejects.toThrow(failed);
    expect(await tell.execute()).toBe(0);
    expect([requests.inserted, requests.answered, recipients.heard]).toEqual([[], [], []]);
  });

  it('and its request and answer, which has recipients told, are kept together or not at all', async () => {
    const { rectify, requests, corrected } = partsWith();
    const crashed = new Error('the process ends here');
    requests.answer = () => Promise.reject(crashed);
    await expect(rectify.execute(subject, { fullName: 'Asha Rao' })).rejects.toThrow(crashed);
    expect([corrected, requests.answered, requests.inserted]).toEqual([[], [], []]);
  });
});
