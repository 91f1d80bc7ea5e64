import { randomUUID } from 'node:crypto';
import { KmsError } from '../errors.ts';
import { KeyFile } from './key-file.ts';
import type { StoredLine } from './key-file.ts';
import { emulatorAccountId } from './key-record.ts';
import type { AliasRecord, KeyRecord } from './key-record.ts';
import { keySpecs } from './key-spec.ts';
import type { KeySpec } from './key-spec.ts';
import { MovableClock } from './movable-clock.ts';

type KeyChange = Partial<Pick<KeyRecord, 'state' | 'deletionAt' | 'tags'>>;

/** All keys of one emulated KMS region, in memory and on disk. */
export class KeyRing {
  readonly clock: MovableClock;
  readonly awsRegion: string;
  readonly #file: KeyFile;
  readonly #keys = new Map<string, KeyRecord>();
  readonly #aliases = new Map<string, AliasRecord>();
  /** Ids of the keys that wait for their end: every request asks for those that are due. */
  readonly #pendingDeletion = new Set<string>();

  private constructor(awsRegion: string, clock: MovableClock, file: KeyFile) {
    this.awsRegion = awsRegion;
    this.clock = clock;
    this.#file = file;
  }

  static async open(path: string, awsRegion: string): Promise<KeyRing> {
    const { file, lines } = await KeyFile.open(path);
    const offsets = lines.flatMap((line) => (line.kind === 'clock' ? [line.offsetMs] : []));
    const ring = new KeyRing(awsRegion, new MovableClock(offsets.at(-1)), file);
    for (const line of lines) ring.#load(line);
    await ring.destroyDueKeys();
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

  async create(spec: KeySpec, description: string, tags: KeyRecord['tags']): Promise<KeyRecord> {
    const id = randomUUID();
    const key: KeyRecord = {
      id,
      arn: `arn:aws:kms:${this.awsRegion}:${emulatorAccountId}:key/${id}`,
      spec,
      description,
      createdAt: this.clock.now(),
      tags,
      state: 'Enabled',
      deletionAt: undefined,
      material: keySpecs[spec].generate(),
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

  async putAlias(name: string, keyId: string): Promise<void> {
    const alias = { name, keyId, createdAt: this.clock.now() };
    this.#aliases.set(name, alias);
    await this.#file.append({ kind: 'alias', alias });
  }

  async deleteAlias(name: string): Promise<void> {
    this.#aliases.delete(name);
    await this.#file.append({ kind: 'alias-deleted', name });
  }

  /** Moves the clock and destroys what has become due; returns the ids of the destroyed keys. */
  async advanceClock(ms: number): Promise<string[]> {
    this.clock.advance(ms);
    await this.#file.append({ kind: 'clock', offsetMs: this.clock.offsetMs });
    return this.destroyDueKeys();
  }

  /** Destroys every key whose waiting period is over: its bytes leave memory and the file. */
  async destroyDueKeys(): Promise<string[]> {
    const now = this.clock.now();
    const due = [...this.#pendingDeletion]
      .map((id) => this.find(id))
      .filter((key) => key.deletionAt !== undefined && key.deletionAt <= now);
    if (due.length === 0) return [];
    for (const key of due) this.#forget(key);
    await this.#file.replace(() => this.#snapshot());
    return due.map((key) => key.id);
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #put(key: KeyRecord): void {
    this.#keys.set(key.id, key);
    if (key.deletionAt === undefined) this.#pendingDeletion.delete(key.id);
    else this.#pendingDeletion.add(key.id);
  }

  #forget(key: KeyRecord): void {
    key.material.fill(0);
    this.#keys.delete(key.id);
    this.#pendingDeletion.delete(key.id);
    for (const alias of this.#aliases.values()) {
      if (alias.keyId === key.id) this.#aliases.delete(alias.name);
    }
  }

  #snapshot(): StoredLine[] {
    return [
      { kind: 'clock', offsetMs: this.clock.offsetMs },
      ...this.keys().map(keyLine),
      ...this.aliases().map((alias) => ({ kind: 'alias', alias }) as const),
    ];
  }

  #load(line: StoredLine): void {
    if (line.kind === 'key') {
      const material = Buffer.from(line.material, 'base64');
      this.#put({ ...line.key, deletionAt: line.key.deletionAt, material });
    } else if (line.kind === 'key-changed') {
      const deletionAt = line.key.deletionAt;
      this.#put({ ...this.find(line.key.id), ...line.key, deletionAt });
    } else if (line.kind === 'alias') {
      this.#aliases.set(line.alias.name, line.alias);
    } else if (line.kind === 'alias-deleted') {
      this.#aliases.delete(line.name);
    }
  }
}

function keyLine({ material, ...key }: KeyRecord): StoredLine {
  return { kind: 'key', key, material: material.toString('base64') };
}
