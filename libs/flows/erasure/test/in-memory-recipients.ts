import { randomBytes } from 'node:crypto';
import { WrappingKey } from '@entrepot/platform-crypto';
import type { SuppressionList } from '@entrepot/consents';
import type { CellId, Clock } from '@entrepot/kernel';
import { Mailer, MailNotSent } from '@entrepot/platform-mail';
import type { MailMessage } from '@entrepot/platform-mail';
import { Log } from '@entrepot/platform-telemetry';
import {
  KeyGoneError,
  RecipientNotices,
  RequestContacts,
  RequestKeys,
  RequestTraces,
} from '@entrepot/privacy';
import type {
  DataProcessor,
  ErasureStore,
  RecipientNotice,
  SuppressionDigests,
} from '@entrepot/privacy';
import { CountObjection } from '../src/application/count-objection.ts';
import type { ErasureSettings } from '../src/application/erasure-settings.ts';
import { DataRecipient } from '../src/application/recipients/data-recipient.ts';
import type {
  RecipientRequest,
  RecipientStatus,
} from '../src/application/recipients/data-recipient.ts';
import type { KnownIdentities } from '../src/application/recipients/known-identities.ts';
import { LastLetter } from '../src/application/recipients/last-letter.ts';
import { RecipientRegister } from '../src/application/recipients/recipient-register.ts';
import { RequestSeal } from '../src/application/recipients/request-seal.ts';
import { TellOfCorrection } from '../src/application/recipients/tell-of-correction.ts';
import { TellRecipient } from '../src/application/recipients/tell-recipient.ts';
import { CloseErasure } from '../src/application/steps/close-erasure.ts';
import { NotifyRecipients } from '../src/application/steps/notify-recipients.ts';
import { PrepareRecipients } from '../src/application/steps/prepare-recipients.ts';
import type { InMemoryVault, Power } from './in-memory-erasure.ts';

export const canaryEmail = 'canary@people.example';
export const canaryPayments = ['pay_canary1', 'pay_canary2'];

export class InMemoryNotices extends RecipientNotices {
  readonly kept = new Map<string, RecipientNotice>();

  constructor(private readonly power: Power) {
    super();
  }

  override insert(notice: RecipientNotice): Promise<void> {
    return this.power.through(() => {
      if (!this.kept.has(notice.processor)) this.kept.set(notice.processor, notice);
    });
  }

  override of(): Promise<RecipientNotice[]> {
    return Promise.resolve([...this.kept.values()]);
  }

  override replace(from: RecipientNotice, to: RecipientNotice): Promise<boolean> {
    return this.power.through(() => {
      const kept = this.kept.get(from.processor);
      if (kept?.tries !== from.tries || kept.state !== from.state) return false;
      this.kept.set(to.processor, to);
      return true;
    });
  }

  override progressOf(): Promise<[]> {
    return Promise.resolve([]);
  }

  override void(): Promise<void> {
    return this.power.through(() => {
      for (const [name, notice] of this.kept) {
        if (notice.state === 'completed') continue;
        this.kept.set(name, { ...notice, state: 'void', sealed: undefined });
      }
    });
  }

  override oldestOverdueSeconds(): Promise<number> {
    return Promise.resolve(0);
  }
}

export class InMemoryContacts extends RequestContacts {
  readonly kept = new Map<string, Buffer>();

  constructor(private readonly power: Power) {
    super();
  }

  override insert(requestId: string, sealed: Buffer): Promise<void> {
    return this.power.through(() => {
      if (!this.kept.has(requestId)) this.kept.set(requestId, sealed);
    });
  }

  override find(requestId: string): Promise<Buffer | undefined> {
    return Promise.resolve(this.kept.get(requestId));
  }

  override delete(requestId: string): Promise<void> {
    return this.power.through(() => void this.kept.delete(requestId));
  }
}

export class InMemoryTraces extends RequestTraces {
  readonly kept = new Map<string, Buffer>();

  constructor(private readonly power: Power) {
    super();
  }

  override insert(requestId: string, sealed: Buffer): Promise<void> {
    return this.power.through(() => {
      if (!this.kept.has(requestId)) this.kept.set(requestId, sealed);
    });
  }

  override find(requestId: string): Promise<Buffer | undefined> {
    return Promise.resolve(this.kept.get(requestId));
  }

  override delete(requestId: string): Promise<void> {
    return this.power.through(() => void this.kept.delete(requestId));
  }
}

/** Keys of requests as the vault has them: one that was destroyed is never made again. */
export class InMemoryRequestKeys extends RequestKeys {
  readonly keys = new Map<string, Buffer | 'destroyed'>();

  constructor(private readonly power: Power) {
    super();
  }

  override make(requestId: string): Promise<void> {
    return this.power.through(() => {
      if (!this.keys.has(requestId)) this.keys.set(requestId, randomBytes(32));
    });
  }

  override seal(requestId: string, place: string, plaintext: Buffer): Promise<Buffer> {
    const key = this.find(requestId);
    if (key === undefined) return Promise.reject(new KeyGoneError(requestId));
    return Promise.resolve(key.wrap(plaintext, place));
  }

  override open(requestId: string, place: string, sealed: Buffer): Promise<Buffer | undefined> {
    return Promise.resolve(this.find(requestId)?.unwrap(sealed, place));
  }

  override destroy(requestId: string): Promise<void> {
    return this.power.through(() => void this.keys.set(requestId, 'destroyed'));
  }

  override moveToOpenEpoch(): Promise<number> {
    return Promise.resolve(0);
  }

  private find(requestId: string): WrappingKey | undefined {
    const key = this.keys.get(requestId);
    return key instanceof Buffer ? new WrappingKey(Buffer.from(key)) : undefined;
  }
}

/** A processor that takes each reference once, and answers as it is told to. */
export class ScriptedRecipient extends DataRecipient {
  readonly taken = new Map<string, RecipientRequest>();
  /** How often a request came, the second time under the same name too. */
  calls = 0;
  status: RecipientStatus = {
    status: 'completed',
    proof: {
      answer: Buffer.from('erased'),
      signature: Buffer.alloc(64),
      signerDigest: 'a'.repeat(64),
    },
  };
  fails: Error | undefined;
  /** What happens elsewhere while it makes up its answer. */
  meanwhile: () => Promise<void> = () => Promise.resolve();

  constructor(private readonly power: Power) {
    super();
  }

  override async requestErasure(request: RecipientRequest): Promise<void> {
    if (this.fails !== undefined) throw this.fails;
    await this.power.through(() => {
      this.calls += 1;
      this.taken.set(request.reference, request);
    });
  }

  override async statusOf(reference: string): Promise<RecipientStatus | undefined> {
    if (this.fails !== undefined) throw this.fails;
    const { status } = this;
    await this.meanwhile();
    return this.taken.has(reference) ? status : undefined;
  }
}

/** A provider that drops what it had under the same reference. */
export class RememberedLetters extends Mailer {
  readonly sent = new Map<string, MailMessage>();
  isDown = false;

  constructor(private readonly power: Power) {
    super();
  }

  override send(message: MailMessage): Promise<void> {
    if (this.isDown) return Promise.reject(new MailNotSent('down'));
    return this.power.through(() => void this.sent.set(message.reference, message));
  }
}

export const processorOf = (name: string, knowsBy: DataProcessor['knowsBy']): DataProcessor => ({
  ...{ name, knowsBy, purpose: 'a purpose', place: 'a place', legalBasis: 'a law' },
  ...{ transferTool: 'none', fieldsSent: ['a field'], hostSettings: ['ENTREPOT_A_URL'] },
  ...{ answersWithinDays: 14, keepsDaysMax: 30 },
});

/** Two processors, the person they know, and the provider of mail, all in memory. */
export class InMemoryRecipients {
  readonly notices: InMemoryNotices;
  readonly contacts: InMemoryContacts;
  readonly traces: InMemoryTraces;
  readonly keys: InMemoryRequestKeys;
  readonly letters: RememberedLetters;
  readonly psp: ScriptedRecipient;
  readonly mail: ScriptedRecipient;
  isConnected = true;
  /** Lines that were logged. */
  readonly logged: Record<string, unknown>[] = [];
  private readonly log = new Log({
    ...{ level: 'info', bound: {} },
    destination: { write: (line) => void this.logged.push(JSON.parse(line) as never) },
  });
  /** Of addresses that objected to direct marketing. */
  readonly objected = new Set<string>();

  constructor(
    power: Power,
    private readonly store: ErasureStore,
    private readonly vault: InMemoryVault,
  ) {
    this.notices = new InMemoryNotices(power);
    this.contacts = new InMemoryContacts(power);
    this.traces = new InMemoryTraces(power);
    this.keys = new InMemoryRequestKeys(power);
    this.letters = new RememberedLetters(power);
    this.psp = new ScriptedRecipient(power);
    this.mail = new ScriptedRecipient(power);
  }

  private readonly digests: SuppressionDigests = {
    of: (email) => Promise.resolve(Buffer.from(email)),
  };
  private readonly suppressions: SuppressionList = {
    add: () => Promise.resolve(),
    remove: () => Promise.resolve(),
    has: (digest) => Promise.resolve(this.objected.has(digest.toString())),
  };

  /** The parts of steps that need them, as a process makes them at its start. */
  parts(timeZone = 'UTC') {
    const { notices, store } = this;
    const register = new RecipientRegister(
      this.isConnected
        ? [
            { processor: processorOf('mail', 'email'), recipient: this.mail },
            { processor: processorOf('psp', 'payment-reference'), recipient: this.psp },
          ]
        : [],
    );
    const seal = new RequestSeal(this.keys, this.contacts, this.traces);
    const settings: ErasureSettings = {
      ...{ cell: 'in-1' as CellId, countries: [], timeZone, law: [], coolingOffHours: 0 },
      evidence: 'noted',
    };
    const letter = new LastLetter(seal, this.letters, settings);
    const tell = new TellRecipient(register, seal, notices, this.log);
    return {
      prepare: new PrepareRecipients(register, this.known(), seal, notices, store),
      notify: new NotifyRecipients(register, tell, store),
      objection: new CountObjection(seal, this.digests, this.suppressions, store),
      close: new CloseErasure(this.vault, letter),
      seal,
      correct: (clock: Clock) =>
        new TellOfCorrection(register, this.known(), clock, { notices, seal, tell }),
    };
  }

  /** Readable until the fence stands, as accounts are. */
  private known(): KnownIdentities {
    const contact = { email: canaryEmail, locale: 'hi' };
    const known: Pick<KnownIdentities, 'contactOf' | 'of'> = {
      contactOf: () => Promise.resolve(this.vault.isFenced ? undefined : contact),
      of: (_subject, knowsBy, kept) =>
        Promise.resolve(knowsBy === 'email' ? [kept?.email ?? []].flat() : canaryPayments),
    };
    return known as KnownIdentities;
  }
}
