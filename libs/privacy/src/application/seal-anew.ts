import { DomainError } from '@entrepot/kernel';
import {
  CiphertextRejectedError,
  ciphertextOf,
  isTombstone,
  readCiphertext,
} from '@entrepot/platform-crypto';
import type { FieldCipher } from '@entrepot/platform-crypto';
import type { Log } from '@entrepot/platform-telemetry';
import type { SubjectId } from '@entrepot/kernel';
import { nextPlace } from '../domain/former-values.ts';
import type { FormerValue, ResealedValue, RoundPlace } from '../domain/former-values.ts';
import type { DropFormerKeys } from './drop-former-keys.ts';
import type { PageCiphers, SealedValues } from './sealed-values.ts';
import type { VaultStore } from './vault-store.ts';

const peoplePerPage = 200;
/** A turn takes seconds, so that a process that ends does not wait long for it. */
const portionsPerTurn = 5;
/** A statement that puts these takes some tens of milliseconds. */
const portion = { valuesMax: 500, bytesMax: 4_194_304 } as const;
/** In one portion; more of them are not about these people or values. */
const failuresMax = 3;

export interface SealedAnew {
  readonly sealed: number;
  /** Values that do not open where they lie; they keep their key. */
  readonly refused: number;
  readonly dropped: number;
}

interface Attempt {
  readonly anew: ResealedValue[];
  /** The last value that was looked at. */
  readonly last: FormerValue | undefined;
  readonly refused: number;
  readonly failures: readonly unknown[];
}

/**
 * Seals under the current data key what former ones sealed, and drops those that nothing names any more. What is to be
 * done is read from what is stored, and a value takes the place of the very one that it was made from: so a run that is
 * killed is made good by the next, two workers at it do no harm, and whoever writes meanwhile wins.
 */
export class SealAnew {
  private readonly store: VaultStore;
  private readonly values: SealedValues;
  private readonly ciphers: PageCiphers;
  private readonly drop: DropFormerKeys;
  private readonly log: Log;
  private at: RoundPlace = {};

  constructor(
    parts: { readonly store: VaultStore; readonly values: SealedValues },
    ciphers: PageCiphers,
    drop: DropFormerKeys,
    log: Log,
  ) {
    this.store = parts.store;
    this.values = parts.values;
    this.ciphers = ciphers;
    this.drop = drop;
    this.log = log;
  }

  /**
   * One turn of a round through everybody with a former key: so many portions at most, and the next turn goes on
   * from there. Somebody whose key cannot be had at the moment is passed over, and so is a value that its table does
   * not take; the first of such failures ends the turn and is thrown.
   */
  async execute(): Promise<SealedAnew> {
    const before = this.drop.settledBefore();
    const done = { sealed: 0, refused: 0, dropped: 0 };
    for (let count = 0; count < portionsPerTurn; count += 1) {
      const page = { after: this.at.after, rowsMax: peoplePerPage };
      const people = await this.store.supersededBefore(before, page);
      const isFullPage = people.length === peoplePerPage;
      if (this.at.within === undefined) done.dropped += await this.drop.ofPeople(people);
      const found = await this.values.formerOf(people, { after: this.at.within, ...portion });
      const attempt = await this.attempt(found.values);
      const put = await this.put(attempt.anew);
      done.sealed += put.sealed;
      done.refused += attempt.refused;
      const isMore = found.isMore || attempt.last !== found.values.at(-1);
      const next = nextPlace(this.at, { people, isFullPage, last: attempt.last, isMore });
      this.at = next ?? {};
      this.report(attempt.refused, [...attempt.failures, ...put.failures]);
      if (next === undefined) break;
    }
    return done;
  }

  private async attempt(values: readonly FormerValue[]): Promise<Attempt> {
    const failures = new Map<SubjectId, unknown>();
    const anew: ResealedValue[] = [];
    let [refused, last] = [0, undefined as FormerValue | undefined];
    const cipher = await this.ciphers.of([...new Set(values.map(({ subject }) => subject))]);
    for (const value of values) {
      if (failures.size >= failuresMax) break;
      last = value;
      if (failures.has(value.subject)) continue;
      try {
        anew.push(...(await sealedAnew(cipher, value)));
      } catch (error) {
        if (error instanceof CiphertextRejectedError) refused += 1;
        else failures.set(value.subject, error);
      }
    }
    return { anew, last, refused, failures: [...failures.values()] };
  }

  /** A column at a time, and one value at a time where the database takes them not all: one keeps no other waiting. */
  private async put(
    values: readonly ResealedValue[],
  ): Promise<{ readonly sealed: number; readonly failures: readonly unknown[] }> {
    const failures: unknown[] = [];
    const attempt = async (some: readonly ResealedValue[]): Promise<number | undefined> => {
      try {
        return await this.values.replace(some);
      } catch (error) {
        if (some.length === 1) failures.push(error);
        return undefined;
      }
    };
    let sealed = 0;
    for (const group of Map.groupBy(values, ({ table, column }) => `${table}.${column}`).values()) {
      const together = await attempt(group);
      sealed += together ?? 0;
      const single = together === undefined && group.length > 1 ? group : [];
      for (const value of single) {
        if (failures.length >= failuresMax) break;
        sealed += (await attempt([value])) ?? 0;
      }
    }
    return { sealed, failures };
  }

  private report(refused: number, failures: readonly unknown[]): void {
    if (refused > 0) this.log.error('privacy.seal_anew_refused', { count: refused });
    if (failures.length > 0) throw failures[0];
  }
}

/** Nothing for somebody who was fenced meanwhile: nothing of theirs is written any more. */
async function sealedAnew(
  cipher: FieldCipher,
  { stored, ...place }: FormerValue,
): Promise<ResealedValue[]> {
  const { table, column, rowId, subject } = place;
  const at = { table, rowId, subject };
  const opened = await cipher.decrypt(at, { [column]: ciphertextOf(stored) });
  const text = isTombstone(opened) ? undefined : opened[column];
  if (text === undefined) return [];
  try {
    const { [column]: anew } = await cipher.encrypt(at, { [column]: text });
    const isLater =
      anew !== undefined && readCiphertext(anew).keyVersion > readCiphertext(stored).keyVersion;
    return isLater ? [{ ...place, stored, anew }] : [];
  } catch (error) {
    if (error instanceof DomainError && error.code === 'SUBJECT_ERASED') return [];
    throw error;
  }
}
