import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { PersonalDataOwner } from '@entrepot/kernel';
import type {
  ErasureOutcome,
  ErasureRequestId,
  PersonalDataExtract,
  SubjectId,
} from '@entrepot/kernel';
import type { FieldCipher, Tombstone } from '@entrepot/platform-crypto';
import {
  certificateStatement,
  ErasureCertificates,
  ErasureStore,
  eventHashOf,
  FencedKeys,
  Fences,
  KeyHolders,
  KeyTrial,
  LegalHolds,
  RetainedFields,
} from '@entrepot/privacy';
import type {
  ClearField,
  Drain,
  ErasureCertificate,
  ErasureChange,
  ErasureEventRecord,
  ErasureRequest,
  ErasureStep,
  KeyFate,
  KeyTrialOutcome,
  LegalHold,
  ReadField,
  StoreToKeep,
} from '@entrepot/privacy';
import { PersonalFields } from '../src/application/personal-fields.ts';
import { StatutoryRecords } from '../src/application/statutory-records.ts';
import { SubjectTables } from '../src/application/subject-tables.ts';
import type { RowsLeft } from '../src/application/subject-tables.ts';
import { nextAction } from '../src/domain/next-action.ts';

export class Crash extends Error {
  override readonly name = 'Crash';
}

/** Every effect passes through here, before and after it: the process can be made to die at any of them. */
export class Power {
  #effects = 0;
  #failsAt: number | undefined;

  get effects(): number {
    return this.#effects;
  }

  failAt(effect: number | undefined): void {
    this.#failsAt = effect;
  }

  async through<T>(effect: () => T): Promise<T> {
    this.#tick();
    const result = await Promise.resolve(effect());
    this.#tick();
    return result;
  }

  #tick(): void {
    this.#effects += 1;
    if (this.#effects === this.#failsAt) throw new Crash(`the process died at ${this.#effects}`);
  }
}

/** What the database does with requests, as far as one process sees it. */
export class InMemoryErasureStore extends ErasureStore {
  readonly requests = new Map<ErasureRequestId, ErasureRequest>();
  readonly events: ErasureEventRecord[] = [];
  readonly steps = new Map<string, ErasureStep>();

  constructor(private readonly power: Power) {
    super();
  }

  override insert(request: ErasureRequest, change: ErasureChange): Promise<boolean> {
    return this.power.through(() => {
      this.write(request, change);
      return true;
    });
  }

  override find(id: ErasureRequestId): Promise<ErasureRequest | undefined> {
    return Promise.resolve(this.requests.get(id));
  }

  override findOpenOf(subject: SubjectId): Promise<ErasureRequest | undefined> {
    return Promise.resolve(
      [...this.requests.values()].find(
        (request) => request.subject === subject && request.closedAt === undefined,
      ),
    );
  }

  override listOf(subject: SubjectId): Promise<ErasureRequest[]> {
    return Promise.resolve([...this.requests.values()].filter((of) => of.subject === subject));
  }

  override page(): Promise<ErasureRequest[]> {
    return Promise.resolve([...this.requests.values()]);
  }

  override underWay(): Promise<ErasureRequestId[]> {
    const waiting = [...this.requests.values()].filter((request) => nextAction(request));
    return Promise.resolve(waiting.map(({ id }) => id));
  }

  override inStatus(status: ErasureRequest['status']): Promise<ErasureRequest[]> {
    return Promise.resolve([...this.requests.values()].filter((of) => of.status === status));
  }

  override toVerify(): Promise<ErasureRequest[]> {
    return this.inStatus('recipients_notified');
  }

  override openToEvidence(): Promise<ErasureRequest[]> {
    return this.toVerify();
  }

  override oldestUnverifiedSeconds(): Promise<number> {
    return Promise.resolve(0);
  }

  override save(request: ErasureRequest, change: ErasureChange): Promise<boolean> {
    return this.power.through(() => {
      if (this.requests.get(request.id)?.version !== request.version - 1) return false;
      this.write(request, change);
      return true;
    });
  }

  override eventsOf(id: ErasureRequestId): Promise<ErasureEventRecord[]> {
    return Promise.resolve(this.events.filter(({ requestId }) => requestId === id));
  }

  override recordSteps(id: ErasureRequestId, steps: readonly ErasureStep[]): Promise<void> {
    return this.power.through(() => {
      for (const step of steps) {
        const key = `${id} ${step.step} ${step.store}`;
        const deleted = (this.steps.get(key)?.deleted ?? 0) + step.deleted;
        const matched = (this.steps.get(key)?.deleted ?? 0) + step.matched;
        this.steps.set(key, { ...step, deleted, matched });
      }
    });
  }

  override recordMeasures(id: ErasureRequestId, measures: readonly ErasureStep[]): Promise<void> {
    return this.power.through(() => {
      for (const step of measures) {
        const key = `${id} ${step.step} ${step.store}`;
        const matched = Math.max(this.steps.get(key)?.matched ?? 0, step.matched);
        this.steps.set(key, { ...step, matched });
      }
    });
  }

  override stepsOf(): Promise<ErasureStep[]> {
    return Promise.resolve([...this.steps.values()]);
  }

  private write(request: ErasureRequest, { action, actor, detail, at }: ErasureChange): void {
    this.requests.set(request.id, request);
    const prevHash = this.events.at(-1)?.hash;
    const event = { requestId: request.id, seq: request.version, action, actor, detail, at };
    this.events.push({ ...event, prevHash, hash: eventHashOf({ ...event, prevHash }) });
  }
}

/** A vault with its fence and its ledger; the eraser is played by `endKey` and `destroyKey`. */
export class InMemoryVault extends Fences {
  isFenced = false;
  isErased = false;
  fate: KeyFate = { unusableAt: undefined, destroyedAt: undefined };

  constructor(private readonly power: Power) {
    super();
  }

  override fence(): Promise<void> {
    return this.power.through(() => void (this.isFenced = true));
  }

  override fateOf(): Promise<KeyFate> {
    return Promise.resolve(this.fate);
  }

  override markErased(): Promise<void> {
    return this.power.through(() => void (this.isErased = true));
  }
}

export class InMemoryKeyHolders extends KeyHolders {
  drain: Drain = { holders: 2, heeded: 2 };

  override report(): Promise<void> {
    return Promise.resolve();
  }

  override leave(): Promise<void> {
    return Promise.resolve();
  }

  override measure(): Promise<Drain> {
    return Promise.resolve(this.drain);
  }
}

export class InMemoryKeyTrial extends KeyTrial {
  constructor(private readonly vault: InMemoryVault) {
    super();
  }

  override attempt(): Promise<KeyTrialOutcome> {
    return Promise.resolve(this.vault.fate.unusableAt === undefined ? 'opened' : 'key-gone');
  }
}

/** One table of accounts; its owner can be made to lie about what it deletes. */
export class InMemoryAccounts extends PersonalDataOwner {
  override readonly tables = ['identity.account'];
  rows = 1;
  isLying = false;

  constructor(private readonly power: Power) {
    super();
  }

  override exportFor(): Promise<PersonalDataExtract[]> {
    const records = Array.from({ length: this.rows }, () => ({ email: 'canary' }));
    return Promise.resolve([{ section: 'account', records }]);
  }

  override erase(): Promise<ErasureOutcome[]> {
    return this.power.through(() => {
      const matched = this.rows;
      if (!this.isLying) this.rows = 0;
      return [{ store: 'identity.account', matched, deleted: matched, left: 0 }];
    });
  }
}

export class InMemoryTables extends SubjectTables {
  /** Tables that somebody made behind our back. */
  unknown: string[] = [];

  constructor(private readonly accounts: InMemoryAccounts) {
    super();
  }

  override survey(): Promise<readonly string[]> {
    return Promise.resolve(['identity.account', ...this.unknown]);
  }

  override rowsOf(): Promise<readonly RowsLeft[]> {
    const unknown = this.unknown.map((table) => ({ table, rows: 1 }));
    return Promise.resolve([{ table: 'identity.account', rows: this.accounts.rows }, ...unknown]);
  }
}

/** Certificates with a key pair of their own; the eraser is played by `signAll`. */
export class InMemoryCertificates extends ErasureCertificates {
  readonly kept = new Map<ErasureRequestId, ErasureCertificate>();
  readonly bodies: string[] = [];
  readonly #pair = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  });
  readonly #signatures = new Map<ErasureRequestId, Buffer>();

  constructor(private readonly power: Power) {
    super();
  }

  override find(id: ErasureRequestId): Promise<ErasureCertificate | undefined> {
    return Promise.resolve(this.kept.get(id));
  }

  override insert(id: ErasureRequestId, body: string): Promise<string> {
    return this.power.through(() => {
      const kept = this.kept.get(id);
      if (kept !== undefined) return kept.body;
      this.bodies.push(body);
      this.kept.set(id, { body, signature: undefined });
      return body;
    });
  }

  override signatureOf(id: ErasureRequestId) {
    const signature = this.#signatures.get(id);
    return Promise.resolve(signature && { keyArn: 'arn', signature });
  }

  override keepSignature(
    id: ErasureRequestId,
    signature: NonNullable<ErasureCertificate['signature']>,
  ): Promise<void> {
    return this.power.through(() => {
      const kept = this.kept.get(id);
      if (kept !== undefined) this.kept.set(id, { ...kept, signature });
    });
  }

  override signingKey() {
    return Promise.resolve({ keyArn: 'arn', publicKey: this.#pair.publicKey });
  }

  /** With which the cell signs what has to be believed outside of it. */
  get privateKey() {
    return createPrivateKey({ key: this.#pair.privateKey, format: 'der', type: 'pkcs8' });
  }

  signAll(of = (body: string) => body): void {
    const key = this.privateKey;
    for (const [id, { body }] of this.kept) {
      const under = { key, dsaEncoding: 'ieee-p1363' } as const;
      this.#signatures.set(id, sign('sha256', certificateStatement(of(body)), under));
    }
  }
}

/** Holds that officers opened; nothing else of them matters here. */
export class InMemoryHolds extends LegalHolds {
  about: LegalHold[] = [];

  override open(hold: LegalHold): Promise<LegalHold> {
    return Promise.resolve(hold);
  }

  override closeCase(): Promise<number> {
    return Promise.resolve(0);
  }

  override list(): Promise<LegalHold[]> {
    return Promise.resolve(this.about);
  }

  override find(): Promise<LegalHold | undefined> {
    return Promise.resolve(this.about[0]);
  }

  override openAbout(): Promise<LegalHold[]> {
    return Promise.resolve(this.about);
  }

  override closedCases(): Promise<[]> {
    return Promise.resolve([]);
  }
}

export class NoInvoices extends StatutoryRecords {
  override newestInvoiceNaming(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}

/** The key of whoever is fenced: it opens as long as the eraser has not ended it. */
export class InMemoryFencedKeys extends FencedKeys {
  constructor(private readonly vault: InMemoryVault) {
    super();
  }

  override async open<T>(
    _: SubjectId,
    work: (cipher: FieldCipher) => Promise<T>,
  ): Promise<T | Tombstone> {
    if (!this.vault.isFenced || this.vault.fate.unusableAt !== undefined) {
      throw new Error('the key cannot be used');
    }
    return work(undefined as unknown as FieldCipher);
  }
}

/** The fields of the one account, as long as it is there. */
export class InMemoryFields extends PersonalFields {
  constructor(private readonly accounts: InMemoryAccounts) {
    super();
  }

  override read({ fields }: { readonly fields: readonly string[] }): Promise<ClearField[]> {
    const rows = Array.from({ length: this.accounts.rows }, (_, index) => index + 1);
    return Promise.resolve(
      rows.flatMap((ordinal) => fields.map((field) => ({ field, ordinal, text: 'canary' }))),
    );
  }
}

export class InMemoryRetained extends RetainedFields {
  readonly kept = new Map<string, readonly ClearField[]>();

  constructor(private readonly power: Power) {
    super();
  }

  override keptOf(of: StoreToKeep): Promise<number> {
    return Promise.resolve(this.kept.get(keyOf(of))?.length ?? 0);
  }

  override keep(of: StoreToKeep, fields: readonly ClearField[]): Promise<void> {
    return this.power.through(() => {
      if (!this.kept.has(keyOf(of))) this.kept.set(keyOf(of), fields);
    });
  }

  override read(): Promise<ReadField[]> {
    return Promise.resolve([]);
  }

  override setEnd(): Promise<void> {
    return Promise.resolve();
  }

  override purge(): Promise<number> {
    return Promise.resolve(0);
  }
}

const keyOf = ({ store, cohort }: StoreToKeep): string => `${cohort.name} ${store}`;
