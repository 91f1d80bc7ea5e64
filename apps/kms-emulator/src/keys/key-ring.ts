import { randomUUID } from 'node:crypto';
import { KmsError } from '../errors.ts';
import { GrantList } from '../grants/grant-list.ts';
import type { GrantRecord } from '../grants/grant-record.ts';
import { keyEvent } from './key-event.ts';
import type { KeyEvent, KeyEventListener } from './key-event.ts';
import { KeyFile } from './key-file.ts';
import type { StoredLine } from './key-file.ts';
import { emulatorAccountId, materialIdOf } from './key-record.ts';
import type { AliasRecord, KeyRecord } from './key-record.ts';
import { keySpecs } from './key-spec.ts';
import type { MovableClock } from './movable-clock.ts';
import { StateLag } from './state-lag.ts';

type NewKey = Pick<KeyRecord, 'spec' | 'origin' | 'description' | 'tags'>;
type KeyChange = Partial<Pick<KeyRecord, 'state' | 'deletionAt' | 'tags'>>;

export interface KeyRingOptions {
  readonly path: string;
  readonly awsRegion: string;
  /** Is moved to where the file says it was. */
  readonly clock: MovableClock;
  readonly listener: KeyEventListener;
}

/** All keys of one emulated KMS region, in memory and on disk. */
export class KeyRing {
  readonly clock: MovableClock;
  readonly awsRegion: string;
  readonly stateLag = new StateLag();
  readonly #file: KeyFile;
  readonly #listener: KeyEventListener;
  readonly #keys = new Map<string, KeyRecord>();
  readonly #aliases = new Map<string, AliasRecord>();
  readonly #grants = new GrantList();
  /** Ids of the keys that wait for an end, theirs or their bytes': every request asks for what is due. */
  readonly #dated = new Set<string>();
  /** What the listener has still to be told; the file holds it as long. */
  readonly #untold: KeyEvent[] = [];
  #lastTurn: Promise<unknown> = Promise.resolve();

  private constructor({ awsRegion, clock, listener }: KeyRingOptions, file: KeyFile) {
    this.awsRegion = awsRegion;
    this.clock = clock;
    this.#file = file;
    this.#listener = listener;
  }

  static async open(options: KeyRingOptions): Promise<KeyRing> {
    const { file, lines } = await KeyFile.open(options.path);
    const ring = new KeyRing(options, file);
    for (const line of lines) ring.#load(line);
    try {
      await ring.bringUpToDate();
    } catch (error) {
      await file.close();
      throw error;
    }
    return ring;
  }

  /** Keys in the order of their ids, which is the order of ListKeys. */
  keys(): KeyRecord[] {
    return [...this.#keys.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  aliases(): AliasRecord[] {
    return [...this.#aliases.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  alias(name: string): AliasRecord | undefined {
    return this.#aliases.get(name);
  }

  aliasArn(name: string): string {
    return `arn:aws:kms:${this.awsRegion}:${emulatorAccountId}:${name}`;
  }

  /** Finds a key by id, key ARN, alias name or alias ARN. */
  find(reference: string): KeyRecord {
    const arnPrefix = `arn:aws:kms:${this.awsRegion}:${emulatorAccountId}:`;
    const isArn = reference.startsWith('arn:');
    if (isArn && !reference.startsWith(arnPrefix)) {
      throw new KmsError('NotFoundException', `${reference} is not in this account and region`);
    }
    const name = isArn ? reference.slice(arnPrefix.length) : reference;
    const id = name.startsWith('alias/')
      ? this.#aliases.get(name)?.keyId
      : name.replace(isArn ? /^key\// : '', '');
    const key = id === undefined ? undefined : this.#keys.get(id);
    if (key === undefined)
      throw new KmsError('NotFoundException', `Key '${reference}' does not exist`);
    return key;
  }

  /** The key as it looks to operations that only use or describe it: its state may be an old one. */
  seen(key: KeyRecord): KeyRecord {
    // Bytes that are gone are gone for everyone, whoever has heard of it.
    if (key.material === undefined) return key;
    return { ...key, state: this.stateLag.seen(key.id, key.state) };
  }

  async create(asked: NewKey): Promise<KeyRecord> {
    const id = randomUUID();
    const isImported = asked.origin === 'EXTERNAL';
    const key: KeyRecord = {
      ...asked,
      id,
      arn: `arn:aws:kms:${this.awsRegion}:${emulatorAccountId}:key/${id}`,
      createdAt: this.clock.now(),
      state: isImported ? 'PendingImport' : 'Enabled',
      deletionAt: undefined,
      material: isImported ? undefined : keySpecs[asked.spec].generate(),
      materialId: undefined,
      materialValidTo: undefined,
    };
    this.#put(key);
    await this.#file.append(keyLine(key));
    return key;
  }

  async change(id: string, change: KeyChange): Promise<KeyRecord> {
    const key = { ...this.find(id), ...change };
    this.#put(key);
    const { state, deletionAt, tags } = key;
    await this.#file.append({ kind: 'key-changed', key: { id, state, deletionAt, tags } });
    return key;
  }

  /** Gives a key its bytes, and its usability if it waited for them. */
  async importMaterial(id: string, material: Buffer, validTo: number | undefined): Promise<void> {
    const before = this.find(id);
    before.material?.fill(0);
    const key: KeyRecord = {
      ...before,
      material,
      materialId: materialIdOf(id, material),
      materialValidTo: validTo,
      state: before.state === 'PendingImport' ? 'Enabled' : before.state,
    };
    this.#put(key);
    await this.#file.append(keyLine(key));
  }

  /** Takes imported bytes out of memory and the file; their digest stays. */
  async deleteMaterial(id: string): Promise<void> {
    const key = this.find(id);
    if (key.material === undefined) return;
    this.#dropMaterial(key);
    await this.#file.replace(() => this.#snapshot());
  }

  grants(): GrantRecord[] {
    return this.#grants.all();
  }

  grantsOf(keyId: string): GrantRecord[] {
    return this.#grants.ofKey(keyId);
  }

  grant(keyId: string, grantId: string): GrantRecord | undefined {
    return this.#grants.find(keyId, grantId);
  }

  async putGrant(grant: GrantRecord): Promise<void> {
    this.#grants.put(grant);
    await this.#file.append({ kind: 'grant', grant });
  }

  async deleteGrant({ keyId, id }: GrantRecord): Promise<void> {
    this.#grants.delete(keyId, id);
    await this.#file.append({ kind: 'grant-deleted', keyId, id });
  }

  async putAlias(name: string, keyId: string): Promise<void> {
    const alias = { name, keyId, createdAt: this.clock.now() };
    this.#aliases.set(name, alias);
    await this.#file.append({ kind: 'alias', alias });
  }

  async deleteAlias(name: string): Promise<void> {
    this.#aliases.delete(name);
    await this.#file.append({ kind: 'alias-deleted', name });
  }

  /** Moves the clock and ends what has become due; returns the ids of the destroyed keys. */
  advanceClock(ms: number): Promise<string[]> {
    return this.#inTurn(async () => {
      this.clock.advance(ms);
      await this.#file.append({ kind: 'clock', offsetMs: this.clock.offsetMs });
      return this.#endWhatIsDue();
    });
  }

  /**
   * Destroys every key whose waiting period is over, and imported bytes whose time is up: they leave
   * memory and the file. Then tells the listener, at least once and not before. Returns the ids of the
   * destroyed keys.
   */
  bringUpToDate(): Promise<string[]> {
    return this.#inTurn(() => this.#endWhatIsDue());
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** One at a time, so that nobody is answered, or told, while a key is half destroyed. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#lastTurn.then(work);
    this.#lastTurn = turn.catch(() => undefined);
    return turn;
  }

  async #endWhatIsDue(): Promise<string[]> {
    const at = this.clock.now();
    const dated = [...this.#dated].map((id) => this.find(id));
    const ended = dated.filter((key) => isDue(key.deletionAt, at));
    const expired = dated.filter((key) => isDue(key.materialValidTo, at) && !ended.includes(key));
    for (const key of ended) this.#forget(key);
    for (const key of expired) this.#dropMaterial(key);
    this.#untold.push(
      ...ended.map((key) => keyEvent('DeleteKey', key, at)),
      ...expired.map((key) => keyEvent('DeleteExpiredKeyMaterial', key, at)),
    );
    if (this.#untold.length > 0) await this.#tell();
    return ended.map((key) => key.id);
  }

  /** Tells only what the file shows: there are no bytes any more, and this is still to be told. */
  async #tell(): Promise<void> {
    await this.#file.replace(() => this.#snapshot());
    for (const event of this.#untold) await this.#listener(event);
    this.#untold.length = 0;
    await this.#file.replace(() => this.#snapshot());
  }

  #put(key: KeyRecord): void {
    const before = this.#keys.get(key.id)?.state;
    if (before !== undefined && before !== key.state) this.stateLag.noteChange(key.id, before);
    this.#keys.set(key.id, key);
    const isDated = key.deletionAt !== undefined || key.materialValidTo !== undefined;
    if (isDated) this.#dated.add(key.id);
    else this.#dated.delete(key.id);
  }

  #dropMaterial(key: KeyRecord): void {
    key.material?.fill(0);
    this.#put({
      ...key,
      material: undefined,
      materialValidTo: undefined,
      state: key.state === 'PendingDeletion' ? key.state : 'PendingImport',
    });
  }

  #forget(key: KeyRecord): void {
    key.material?.fill(0);
    this.#keys.delete(key.id);
    this.#dated.delete(key.id);
    this.#grants.deleteOfKey(key.id);
    this.stateLag.forget(key.id);
    for (const alias of this.#aliases.values()) {
      if (alias.keyId === key.id) this.#aliases.delete(alias.name);
    }
  }

  #snapshot(): StoredLine[] {
    return [
      { kind: 'clock', offsetMs: this.clock.offsetMs },
      ...this.keys().map(keyLine),
      ...this.aliases().map((alias) => ({ kind: 'alias', alias }) as const),
      ...this.grants().map((grant) => ({ kind: 'grant', grant }) as const),
      ...this.#untold.map((event) => ({ kind: 'untold', event }) as const),
    ];
  }

  #load(line: StoredLine): void {
    switch (line.kind) {
      case 'key': {
        const material =
          line.material === undefined ? undefined : Buffer.from(line.material, 'base64');
        this.#put({ ...line.key, origin: line.key.origin ?? 'AWS_KMS', material });
        break;
      }
      case 'key-changed':
        // JSON keeps no undefined: a line without the date takes it back.
        this.#put({
          ...this.find(line.key.id),
          ...line.key,
          deletionAt: line.key.deletionAt,
        });
        break;
      case 'alias':
        this.#aliases.set(line.alias.name, line.alias);
        break;
      case 'alias-deleted':
        this.#aliases.delete(line.name);
        break;
      case 'grant':
        this.#grants.put(line.grant);
        break;
      case 'grant-deleted':
        this.#grants.delete(line.keyId, line.id);
        break;
      case 'untold':
        this.#untold.push(line.event);
        break;
      case 'clock':
        this.clock.advance(line.offsetMs - this.clock.offsetMs);
        break;
    }
  }
}

const isDue = (date: number | undefined, now: number): boolean => date !== undefined && date <= now;

function keyLine({ material, ...key }: KeyRecord): StoredLine {
  return { kind: 'key', key, material: material?.toString('base64') };
}
