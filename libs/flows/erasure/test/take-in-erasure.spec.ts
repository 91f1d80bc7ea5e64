import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ProvePresence } from '@entrepot/identity';
import type { CellId, SubjectId } from '@entrepot/kernel';
import { DomainError } from '@entrepot/kernel';
import { Mailer, MailNotSent } from '@entrepot/platform-mail';
import type { MailMessage } from '@entrepot/platform-mail';
import { Log } from '@entrepot/platform-telemetry';
import { IdentityCodes } from '@entrepot/privacy';
import type { ErasureChange, ErasureRequest } from '@entrepot/privacy';
import { AcknowledgementLetter } from '../src/application/acknowledgement-letter.ts';
import { AcknowledgeErasure } from '../src/application/acknowledge-erasure.ts';
import { AskOwnErasure } from '../src/application/ask-own-erasure.ts';
import { ChangeErasure } from '../src/application/change-erasure.ts';
import { CopyOffer } from '../src/application/copy-offer.ts';
import type { OfferedCopy } from '../src/application/copy-offer.ts';
import { ErasureSettings } from '../src/application/erasure-settings.ts';
import { GuestIdentity } from '../src/application/guest-identity.ts';
import type { NamedPeople } from '../src/application/named-people.ts';
import type { PlanErasure } from '../src/application/plan-erasure.ts';
import { RequestErasure } from '../src/application/request-erasure.ts';
import { ShowIdentity } from '../src/application/show-identity.ts';
import { TakeInErasure } from '../src/application/take-in-erasure.ts';
import { InMemoryErasureStore, Power } from './in-memory-erasure.ts';

const start = new Date('2026-01-31T10:00:00Z');
const subject = `sub_in-1_${'s'.repeat(26)}` as SubjectId;
const officer = { staffId: `stf_in-1_${'a'.repeat(26)}`, person: `sub_in-1_${'a'.repeat(26)}` };
const email = 'canary@people.example';
const plan = { text: '{}', digest: 'd', keepsSomething: false, needsExtract: false };

class Copies extends CopyOffer {
  readonly made: OfferedCopy[] = [];

  override newPassphrase(): string {
    return 'drawn';
  }

  override execute(_: SubjectId, passphrase = 'drawn'): Promise<OfferedCopy> {
    const copy = { id: `rrq_${this.made.length + 1}`, passphrase, token: 'secret' };
    this.made.push(copy);
    return Promise.resolve(copy);
  }
}

class Postman extends Mailer {
  readonly sent: MailMessage[] = [];
  isAway = false;

  override send(message: MailMessage): Promise<void> {
    if (this.isAway) return Promise.reject(new MailNotSent('away'));
    this.sent.push(message);
    return Promise.resolve();
  }
}

class OneCode extends IdentityCodes {
  hash: Buffer | undefined;

  override put({ hash }: { readonly hash: Buffer }): Promise<void> {
    this.hash = hash;
    return Promise.resolve();
  }

  override take(): Promise<Buffer | undefined> {
    return Promise.resolve(this.hash);
  }

  override remove(): Promise<void> {
    this.hash = undefined;
    return Promise.resolve();
  }
}

/** One request at a time about one person, as the index of the database has it. */
class OneAtATime extends InMemoryErasureStore {
  override async insert(request: ErasureRequest, change: ErasureChange): Promise<boolean> {
    const isOpen = (await this.findOpenOf(request.subject)) !== undefined;
    return isOpen ? false : super.insert(request, change);
  }
}

let store: InMemoryErasureStore;
let copies: Copies;
let postman: Postman;
let hasAddress: boolean;
let isPlannable: boolean;
let intake: TakeInErasure;
let changes: ChangeErasure;
const log = new Log({ level: 'silent' as never, bound: { cell: 'in-1' } });

beforeEach(() => {
  store = new OneAtATime(new Power());
  copies = new Copies();
  postman = new Postman();
  [hasAddress, isPlannable] = [true, true];
  changes = new ChangeErasure(store, { now: () => start });
  const settings = new ErasureSettings({
    ...{ cell: 'in-1' as CellId, countries: [], timeZone: 'Asia/Kolkata', law: [] },
    ...{ coolingOffHours: 0, evidence: 'noted' },
  });
  const contacts = {
    execute: () => Promise.resolve(hasAddress ? { email, locale: 'de' } : undefined),
  };
  const plans = {
    execute: () =>
      isPlannable
        ? Promise.resolve(plan)
        : Promise.reject(new DomainError('ERASURE_RULE_MISSING', 'no rule')),
  } as unknown as PlanErasure;
  const letter = new AcknowledgementLetter(contacts as never, settings, postman);
  const acknowledge = new AcknowledgeErasure(copies, letter, log);
  intake = new TakeInErasure(store, settings, changes, plans, acknowledge);
});

const askOwn = () => {
  const presence = { execute: () => Promise.resolve() } as unknown as ProvePresence;
  return new AskOwnErasure(presence, intake).execute({ subject } as never);
};
const named = {
  personBehind: () => Promise.resolve(officer.person),
  subjectOf: () => Promise.resolve(subject),
} as unknown as NamedPeople;
const askByOfficer = () => new RequestErasure(named, intake).execute({}, officer.staffId as never);
const wayOf = ({ id }: Pick<ErasureRequest, 'id'>) =>
  store.events
    .filter(({ requestId }) => requestId === id)
    .map(({ action, detail }) => [action, detail].filter((of) => of !== undefined).join(' '));

describe('whoever takes in an erasure', () => {
  it('offers the person a copy before there is a plan, and the request says so', async () => {
    const { request, copy } = await askOwn();
    expect(copy).toEqual({ id: 'rrq_1', passphrase: 'drawn', token: 'secret' });
    expect(wayOf(request)).toEqual([
      ...['receive', 'verify-identity', 'offer-copy COPY_OFFERED', 'assess'],
    ]);
  });

  it('does so for somebody whom an officer names, too', async () => {
    const { request, copy } = await askByOfficer();
    expect(copy?.passphrase).toBe('drawn');
    expect(wayOf(request)).toEqual([
      ...['receive', 'verify-identity PERSON_NOT_ASKED_ANEW', 'offer-copy COPY_OFFERED', 'assess'],
    ]);
  });

  it('offers one copy, however often the person asks', async () => {
    const first = await askOwn();
    const again = await askOwn();
    expect(again).toMatchObject({ request: { id: first.request.id }, copy: undefined });
    expect(copies.made).toHaveLength(1);
  });

  it('offers it where no plan can be made, and plans when the person asks again', async () => {
    isPlannable = false;
    const { request, copy } = await askOwn();
    expect([request.status, copy?.id]).toEqual(['verified', 'rrq_1']);
    isPlannable = true;
    expect((await askOwn()).request).toMatchObject({ id: request.id, status: 'assessed' });
    expect(copies.made).toHaveLength(1);
  });

  it('says that none was offered to somebody to whom no link can be sent', async () => {
    hasAddress = false;
    const { request, copy } = await askByOfficer();
    expect(copy).toBeUndefined();
    expect(wayOf(request)).toContain('offer-copy COPY_NOT_OFFERED');
    expect([copies.made, postman.sent]).toEqual([[], []]);
  });

  it('writes to the person by when they are answered, in their language, and nothing else', async () => {
    const { request } = await askOwn();
    expect(postman.sent).toEqual([
      {
        ...{ kind: 'erasure_received', to: email, locale: 'de' },
        ...{ values: { date: '2026-02-28' }, reference: `${request.id}.received` },
      },
    ]);
  });

  it('takes it in while no mail goes out', async () => {
    postman.isAway = true;
    expect((await askOwn()).request.status).toBe('assessed');
  });
});

describe('a guest who shows the code', () => {
  const identity = new GuestIdentity(() => Buffer.alloc(32, 7));
  const settled = () => new Promise((done) => setImmediate(done));

  async function shown(code: string): Promise<{ request: ErasureRequest; passphrase: unknown }> {
    const codes = new OneCode();
    const received = await intake.receive({ subject, requestedBy: undefined });
    const request = await intake.askIdentity(received);
    codes.hash = identity.hashOf(request.id, '0123456789');
    const show = new ShowIdentity(codes, identity, intake, changes, log);
    const passphrase = show.execute(request.id, code);
    await settled();
    await settled();
    return { request, passphrase };
  }

  it('is told what opens the copy, of which the link goes to the address', async () => {
    const { request, passphrase } = await shown('0123456789');
    expect(copies.made).toMatchObject([{ passphrase }]);
    expect(wayOf(request)).toContain('offer-copy COPY_OFFERED');
    expect(postman.sent.map(({ kind }) => kind)).toEqual(['erasure_received']);
  });

  it('is told something of the same form with a wrong one, for which there is no copy', async () => {
    const { request, passphrase } = await shown('9876543210');
    expect(passphrase).toBe('drawn');
    expect([copies.made, postman.sent]).toEqual([[], []]);
    expect(wayOf(request)).toEqual(['receive', 'ask-identity']);
  });
});
