import { DomainError } from '@entrepot/kernel';
import type { Branded, RegionCode } from '@entrepot/kernel';
import { CiphertextRejectedError } from './ciphertext.ts';
import { isCohortName } from './cohort-keys.ts';
import type { CohortKeys, CohortName } from './cohort-keys.ts';
import { isTombstone } from './tombstone.ts';
import type { Tombstone } from './tombstone.ts';

/** A value under the key of a cohort: `c1|A256GCM|<cohort>|<data>`, the data in base64url. */
export type CohortCiphertext = Branded<'CohortCiphertext'>;

/** Where a statutory record is, and what it is of; its ciphertext opens nowhere else. */
export interface RecordPlace {
  readonly cohort: CohortName;
  /** `schema.table.column`. */
  readonly column: string;
  readonly recordId: string;
  /** What else the value is bound to, such as an order and a legal entity. */
  readonly boundTo: readonly string[];
}

const form = /^c1\|A256GCM\|(?<cohort>[^|]+)\|(?<data>[\w-]+)$/;

/**
 * Encrypts statutory records under the key of their cohort: AES-256-GCM with a fresh random
 * initialisation vector per value, and region, cohort, column, record and whatever the caller names bound
 * to it as associated data.
 */
export class CohortCipher {
  readonly #region: RegionCode;
  readonly #keys: CohortKeys;

  constructor(region: RegionCode, keys: CohortKeys) {
    this.#region = region;
    this.#keys = keys;
  }

  /** Throws `DomainError('COHORT_ENDED')` for a cohort whose key is on its way out. */
  async seal(place: RecordPlace, text: string): Promise<CohortCiphertext> {
    const { cohort } = place;
    const at = this.#associatedData(place);
    const sealed = await this.#keys.use(cohort, (key) => key.wrap(Buffer.from(text, 'utf8'), at));
    if (isTombstone(sealed)) throw new DomainError('COHORT_ENDED', `${cohort} has ended`);
    return `c1|A256GCM|${cohort}|${sealed.toString('base64url')}` as CohortCiphertext;
  }

  /** Asks KMS each time. A tombstone where the cohort has ended. Throws `CiphertextRejectedError` for what belongs elsewhere. */
  async open(place: RecordPlace, ciphertext: string): Promise<string | Tombstone> {
    const { cohort = '', data = '' } = form.exec(ciphertext)?.groups ?? {};
    if (!isCohortName(cohort) || cohort !== place.cohort) {
      throw new CiphertextRejectedError('the ciphertext is of another cohort');
    }
    const at = this.#associatedData(place);
    return this.#keys.useOnce(cohort, (key) =>
      key.unwrap(Buffer.from(data, 'base64url'), at).toString(),
    );
  }

  #associatedData({ cohort, column, recordId, boundTo }: RecordPlace): string {
    const parts = ['record', this.#region, cohort, column, recordId, ...boundTo];
    // A separator inside a part would let two places share one form.
    if (parts.some((part) => part.includes('|'))) throw new TypeError('no part may hold a "|"');
    return parts.join('|');
  }
}
