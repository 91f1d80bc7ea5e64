import type { SubjectId } from '@entrepot/kernel';
import type { Clock } from '@entrepot/kernel';
import type { KeyedPerson } from '../domain/former-values.ts';
import type { VaultStore } from './vault-store.ts';

/** Which data keys the stored ciphertexts of people still name; answered by whoever stores them. */
export abstract class CiphertextVersions {
  /**
   * The key versions that stored ciphertexts of these people name, in every store; nothing for somebody without a
   * ciphertext. An answer that is not certain must be an error.
   */
  abstract versionsOf(
    people: readonly SubjectId[],
  ): Promise<ReadonlyMap<SubjectId, readonly number[]>>;
}

/** Longer than a former key in another process can still seal a value that is stored a moment later. */
const settleMs = 300_000;
/**
 * Longer than a backup takes, and than any reader keeps a value that it has read. `shop` is backed up before `vault`: a key
 * that went between the two would leave values in the backup that nothing opens.
 */
const unnamedMs = 86_400_000;
const subjectsPerPortion = 200;

/** Drops data keys that were rotated, once no stored ciphertext has named them for a day. */
export class DropFormerKeys {
  private readonly store: VaultStore;
  private readonly versions: CiphertextVersions;
  private readonly clock: Clock;

  constructor(store: VaultStore, versions: CiphertextVersions, clock: Clock) {
    this.store = store;
    this.versions = versions;
    this.clock = clock;
  }

  /** Looks at everybody: those whose values name a former key keep it. Answers how many keys were dropped. */
  async execute(): Promise<number> {
    const before = this.settledBefore();
    let dropped = 0;
    let after: SubjectId | undefined;
    for (;;) {
      const part = { after, rowsMax: subjectsPerPortion };
      const people = await this.store.supersededBefore(before, part);
      dropped += await this.ofPeople(people);
      if (people.length < subjectsPerPortion) return dropped;
      after = people.at(-1)?.subject;
    }
  }

  /** A key that was superseded before this instant seals nothing any more, in any process. */
  settledBefore(): Date {
    return new Date(this.clock.now().getTime() - settleMs);
  }

  /** Of these people alone. As many statements for many as for one. */
  async ofPeople(people: readonly KeyedPerson[]): Promise<number> {
    if (people.length === 0) return 0;
    const now = this.clock.now();
    // before the look, so that what is written meanwhile is under a later key
    const settledBefore = this.settledBefore();
    const subjects = people.map(({ subject }) => subject);
    const named = await this.versions.versionsOf(subjects);
    const unnamedBefore = new Date(now.getTime() - unnamedMs);
    return this.store.dropFormer(subjects, named, { now, settledBefore, unnamedBefore });
  }
}
