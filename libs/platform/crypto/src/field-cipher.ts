import type { RegionCode, SubjectId } from '@entrepot/kernel';
import { DomainError } from '@entrepot/kernel';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { CiphertextRejectedError, readCiphertext, writeCiphertext } from './ciphertext.ts';
import type { Ciphertext } from './ciphertext.ts';
import type { SubjectKey } from './subject-key.ts';
import type { SubjectKeys } from './subject-keys.ts';
import { isTombstone } from './tombstone.ts';
import type { Tombstone } from './tombstone.ts';

/** Where a row's personal columns are; a ciphertext opens nowhere else. */
export interface RowPlace {
  /** `schema.table`. */
  readonly table: string;
  readonly rowId: string;
  readonly subject: SubjectId;
}

type Encrypted<Fields> = { readonly [Column in keyof Fields]: Ciphertext };
type Decrypted<Fields> = { readonly [Column in keyof Fields]: string };

const algorithm = 'aes-256-gcm';

/**
 * Encrypts personal columns under their subject's key: AES-256-GCM, a key per column, a fresh random
 * initialisation vector per value, and region, table, column, row, subject and key version bound to it
 * as associated data, so that no value can be moved to another place.
 */
export class FieldCipher {
  readonly #region: RegionCode;
  readonly #keys: SubjectKeys;

  constructor(region: RegionCode, keys: SubjectKeys) {
    this.#region = region;
    this.#keys = keys;
  }

  /** Encrypts columns of one row. Throws `DomainError('SUBJECT_ERASED')` for a fenced subject. */
  async encrypt<Fields extends Readonly<Record<string, string>>>(
    place: RowPlace,
    fields: Fields,
  ): Promise<Encrypted<Fields>> {
    const sealed = await this.#keys.use(place.subject, (key) =>
      mapValues(fields, (column, text) => this.#seal(key, { place, column }, text)),
    );
    if (isTombstone(sealed)) {
      throw new DomainError('SUBJECT_ERASED', `the key of ${place.subject} is ${sealed.reason}`);
    }
    return sealed as Encrypted<Fields>;
  }

  /** Decrypts columns of one row; a tombstone where the subject's key is gone. */
  async decrypt<Fields extends Readonly<Record<string, Ciphertext>>>(
    place: RowPlace,
    fields: Fields,
  ): Promise<Decrypted<Fields> | Tombstone> {
    const opened = await this.#keys.use(
      place.subject,
      (key) =>
        mapValues(fields, (column, text) => this.#open(key, { place, column }, text as Ciphertext)),
      { versionMin: newestVersion(Object.values(fields)) },
    );
    return opened as Decrypted<Fields> | Tombstone;
  }

  #seal(key: SubjectKey, at: { place: RowPlace; column: string }, text: string): Ciphertext {
    // UTF-8 has no half of a surrogate pair; it would come back as another character
    if (!text.isWellFormed()) throw new TypeError('a text with half a surrogate pair');
    const iv = randomBytes(12);
    const cipher = createCipheriv(algorithm, key.fieldKey(at.place.table, at.column), iv);
    cipher.setAAD(this.#associatedData(at.place, at.column, key.version));
    const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    const { subject } = at.place;
    return writeCiphertext({
      subject,
      keyVersion: key.version,
      iv,
      tag: cipher.getAuthTag(),
      data,
    });
  }

  #open(key: SubjectKey, at: { place: RowPlace; column: string }, text: Ciphertext): string {
    const parts = readCiphertext(text);
    if (parts.subject !== at.place.subject || !key.knows(parts.keyVersion)) throw rejected();
    const fieldKey = key.fieldKey(at.place.table, at.column, parts.keyVersion);
    const decipher = createDecipheriv(algorithm, fieldKey, parts.iv);
    decipher.setAAD(this.#associatedData(at.place, at.column, parts.keyVersion));
    decipher.setAuthTag(parts.tag);
    try {
      return Buffer.concat([decipher.update(parts.data), decipher.final()]).toString('utf8');
    } catch {
      throw rejected();
    }
  }

  #associatedData({ table, rowId, subject }: RowPlace, column: string, keyVersion: number): Buffer {
    const parts = [this.#region, table, column, rowId, subject, String(keyVersion)];
    // A separator inside a part would let two places share one form.
    if (parts.some((part) => part.includes('|'))) throw new TypeError('no part may hold a "|"');
    return Buffer.from(parts.join('|'), 'utf8');
  }
}

const newestVersion = (texts: readonly Ciphertext[]): number =>
  texts.reduce((newest, text) => Math.max(newest, readCiphertext(text).keyVersion), 0);

function mapValues(
  fields: Readonly<Record<string, string>>,
  map: (column: string, text: string) => string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([column, text]) => [column, map(column, text)]),
  );
}

const rejected = () => new CiphertextRejectedError('the ciphertext does not belong here');
