import type { Bundle, Row, Table } from './bundle.ts';
import { bytesOf, shardOf, unwrap } from './formats.ts';
import type { KmsLockpick } from './kms-lockpick.ts';

/** A digest of the login index, and the inner hash of it where that could be unwrapped. */
export interface IndexedLogin {
  readonly store: string;
  readonly subject: string;
  readonly audience: string;
  readonly epoch: number;
  readonly digest: Buffer;
  readonly inner: Buffer | undefined;
}

/** Every key in the clear that the bundle and the KMS gave. */
export interface KeyRing {
  /** By subject and version, as `subject|version`; several where vaults of different days disagree. */
  readonly dataKeys: ReadonlyMap<string, readonly Buffer[]>;
  readonly logins: readonly IndexedLogin[];
  /** By the epoch. */
  readonly indexKeys: ReadonlyMap<number, Buffer>;
  readonly innerIndexKeys: readonly Buffer[];
  /** By the name of the cohort. */
  readonly cohortKeys: ReadonlyMap<string, readonly Buffer[]>;
  /** By the id of the request. */
  readonly requestKeys: ReadonlyMap<string, readonly Buffer[]>;
  readonly blobs: number;
  readonly blobsOpened: number;
}

interface WrappedDataKey {
  readonly subject: string;
  readonly version: number;
  readonly wrapped: Buffer;
}

const textOf = (row: Row, column: string): string =>
  typeof row[column] === 'string' ? row[column] : '';
const numberOf = (row: Row, column: string): number => Number(row[column]);

/** Unwraps whatever can be unwrapped, from the KMS downwards, in vaults of every take. */
export class KeyHunt {
  readonly #bundle: Bundle;
  readonly #kms: KmsLockpick;
  readonly #dataKeys = new Map<string, Buffer[]>();
  readonly #blobs = new Set<string>();
  readonly #opened = new Set<string>();

  constructor(bundle: Bundle, kms: KmsLockpick) {
    this.#bundle = bundle;
    this.#kms = kms;
  }

  async run(): Promise<KeyRing> {
    await this.#openUnderKms();
    const shardKeys = await this.#shardKeys();
    this.#openUnderKeks(this.#keks(shardKeys));
    return {
      dataKeys: this.#dataKeys,
      logins: this.#logins(shardKeys),
      indexKeys: await this.#indexKeys(),
      innerIndexKeys: await this.#innerIndexKeys(),
      cohortKeys: await this.#cohortKeys(),
      requestKeys: this.#requestKeys(shardKeys),
      blobs: this.#blobs.size,
      blobsOpened: this.#opened.size,
    };
  }

  #tables(name: string): readonly Table[] {
    return this.#bundle.tables.filter((table) => table.name === name);
  }

  #rows(name: string): readonly Row[] {
    return this.#tables(name).flatMap(({ rows }) => rows);
  }

  #wrappedDataKeys(): WrappedDataKey[] {
    const of = (row: Row, version: string): WrappedDataKey[] => {
      const wrapped = bytesOf(row['wrapped_key']);
      if (wrapped === undefined) return [];
      return [{ subject: textOf(row, 'subject_id'), version: numberOf(row, version), wrapped }];
    };
    return [
      ...this.#rows('vault.subject_key').flatMap((row) => of(row, 'key_version')),
      ...this.#rows('vault.former_data_key').flatMap((row) => of(row, 'version')),
    ];
  }

  async #ask(blob: Buffer, context: Readonly<Record<string, string>>): Promise<Buffer | undefined> {
    const found = await this.#kms.open(blob, context);
    this.#note(blob, found);
    return found;
  }

  #note(blob: Buffer, found: Buffer | undefined): void {
    const name = blob.toString('base64');
    this.#blobs.add(name);
    if (found !== undefined) this.#opened.add(name);
  }

  #keep(subject: string, version: number, key: Buffer): void {
    const name = `${subject}|${version}`;
    const known = this.#dataKeys.get(name) ?? [];
    if (!known.some((each) => each.equals(key))) this.#dataKeys.set(name, [...known, key]);
  }

  /** By `epoch|shard`, of every vault. */
  async #shardKeys(): Promise<Map<string, Buffer[]>> {
    const found = new Map<string, Buffer[]>();
    await Promise.all(
      this.#rows('vault.shard_key').map(async (row) => {
        const wrapped = bytesOf(row['wrapped_key']);
        if (wrapped === undefined) return;
        const [epoch, shard] = [String(row['epoch']), String(row['shard'])];
        const { cell } = this.#bundle;
        const key = await this.#ask(wrapped, { purpose: 'shard-key', cell, epoch, shard });
        if (key === undefined) return;
        const name = `${epoch}|${shard}`;
        found.set(name, [...(found.get(name) ?? []), key]);
      }),
    );
    return found;
  }

  /** A data key right under a key of the KMS; one under a key encryption key is no blob of the KMS. */
  async #openUnderKms(): Promise<void> {
    const mayBeOfKms = ({ wrapped }: WrappedDataKey) => wrapped.length !== wrappedBytes;
    await Promise.all(
      this.#wrappedDataKeys()
        .filter(mayBeOfKms)
        .map(async ({ subject, version, wrapped }) => {
          const key = await this.#ask(wrapped, { purpose: 'subject-key', subject });
          if (key !== undefined) this.#keep(subject, version, key);
        }),
    );
  }

  #keks(shardKeys: ReadonlyMap<string, readonly Buffer[]>): Map<string, Buffer[]> {
    const found = new Map<string, Buffer[]>();
    for (const row of this.#rows('vault.subject_kek')) {
      const wrapped = bytesOf(row['wrapped_kek']);
      if (wrapped === undefined) continue;
      const [subject, epoch] = [textOf(row, 'subject_id'), numberOf(row, 'epoch')];
      const shard = numberOf(row, 'shard');
      const place = `kek|${this.#bundle.cell}|${epoch}|${shard}|${subject}`;
      const keks = (shardKeys.get(`${epoch}|${shard}`) ?? []).flatMap((key) =>
        listed(unwrap(wrapped, key, place)),
      );
      this.#note(wrapped, keks[0]);
      found.set(subject, [...(found.get(subject) ?? []), ...keks]);
    }
    return found;
  }

  #openUnderKeks(keks: ReadonlyMap<string, readonly Buffer[]>): void {
    for (const { subject, version, wrapped } of this.#wrappedDataKeys()) {
      if (wrapped.length !== wrappedBytes) continue;
      const place = `data-key|${subject}|${version}`;
      const keys = (keks.get(subject) ?? []).flatMap((kek) => listed(unwrap(wrapped, kek, place)));
      this.#note(wrapped, keys[0]);
      for (const key of keys) this.#keep(subject, version, key);
    }
  }

  #logins(shardKeys: ReadonlyMap<string, readonly Buffer[]>): IndexedLogin[] {
    return this.#tables('vault.login_index').flatMap(({ take, cluster, rows }) =>
      rows.map((row) => {
        const [subject, audience] = [textOf(row, 'subject_id'), textOf(row, 'audience')];
        const [epoch, shard] = [numberOf(row, 'epoch'), shardOf(subject)];
        const wrapped = bytesOf(row['wrapped_inner']) ?? Buffer.alloc(0);
        const place = `login|${this.#bundle.cell}|${epoch}|${shard}|${audience}|${subject}`;
        const [inner] = (shardKeys.get(`${epoch}|${shard}`) ?? []).flatMap((key) =>
          listed(unwrap(wrapped, key, place)),
        );
        this.#note(wrapped, inner);
        return {
          ...{ store: `${take}: ${cluster} rows`, subject, audience, epoch, inner },
          digest: bytesOf(row['digest']) ?? Buffer.alloc(0),
        };
      }),
    );
  }

  async #indexKeys(): Promise<Map<number, Buffer>> {
    const found = new Map<number, Buffer>();
    for (const row of this.#rows('vault.key_epoch')) {
      const epoch = numberOf(row, 'epoch');
      const arn = textOf(row, 'index_key_arn');
      if (arn === '' || found.has(epoch)) continue;
      const key = await this.#kms.mac(arn, `login-index|v1|${this.#bundle.cell}|${epoch}`);
      if (key !== undefined) found.set(epoch, key);
    }
    return found;
  }

  async #cohortKeys(): Promise<Map<string, Buffer[]>> {
    const found = new Map<string, Buffer[]>();
    for (const row of this.#rows('vault.cohort_key')) {
      const wrapped = bytesOf(row['wrapped_key']);
      if (wrapped === undefined) continue;
      const cohort = textOf(row, 'cohort');
      const key = await this.#ask(wrapped, { purpose: 'cohort-key', cohort });
      found.set(cohort, [...(found.get(cohort) ?? []), ...listed(key)]);
    }
    return found;
  }

  #requestKeys(shardKeys: ReadonlyMap<string, readonly Buffer[]>): Map<string, Buffer[]> {
    const found = new Map<string, Buffer[]>();
    for (const row of this.#rows('vault.request_key')) {
      const wrapped = bytesOf(row['wrapped_key']);
      if (wrapped === undefined) continue;
      const request = textOf(row, 'request_id');
      const [epoch, shard] = [numberOf(row, 'epoch'), numberOf(row, 'shard')];
      const place = `request|${this.#bundle.cell}|${epoch}|${shard}|${request}`;
      const keys = (shardKeys.get(`${epoch}|${shard}`) ?? []).flatMap((key) =>
        listed(unwrap(wrapped, key, place)),
      );
      this.#note(wrapped, keys[0]);
      found.set(request, [...(found.get(request) ?? []), ...keys]);
    }
    return found;
  }

  async #innerIndexKeys(): Promise<Buffer[]> {
    const arns = new Set(this.#rows('vault.login_key').map((row) => textOf(row, 'kms_key_arn')));
    const found = await Promise.all(
      [...arns].map((arn) => this.#kms.mac(arn, `login-inner|v1|${this.#bundle.cell}`)),
    );
    return found.flatMap(listed);
  }
}

/** Format, initialisation vector, tag and 32 bytes. */
const wrappedBytes = 61;

const listed = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value]);
