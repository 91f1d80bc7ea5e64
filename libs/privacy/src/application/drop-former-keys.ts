import type { SubjectId } from '@entrepot/kernel';
import { Clock } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { VaultStore } from './vault-store.ts';

/** Which data keys the stored ciphertexts of a person still name; answered by whoever stores them. */
export abstract class CiphertextVersions {
  /**
   * The lowest key version that any stored ciphertext of the subject names, in every store. Undefined
   * when there is no ciphertext; an answer that is not certain must be an error.
   */
  abstract lowestOf(subject: SubjectId): Promise<number | undefined>;
}

/** Longer than a former key in another process can still seal a value that is stored a moment later. */
const settleMs = 300_000;
const subjectsPerPortion = 200;

/** Drops data keys that were rotated, once no stored ciphertext names them any more. */
@Injectable()
export class DropFormerKeys {
  private readonly store: VaultStore;
  private readonly versions: CiphertextVersions;
  private readonly clock: Clock;

  constructor(store: VaultStore, versions: CiphertextVersions, clock: Clock) {
    this.store = store;
    this.versions = versions;
    this.clock = clock;
  }

  /** Looks at everybody: those whose values name a former key keep it for long. Answers how many keys were dropped. */
  async execute(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - settleMs);
    let dropped = 0;
    let after: SubjectId | undefined;
    for (;;) {
      const part = { after, rowsMax: subjectsPerPortion };
      const subjects = await this.store.supersededBefore(before, part);
      for (const subject of subjects) dropped += await this.dropOf(subject, before);
      if (subjects.length < subjectsPerPortion) return dropped;
      after = subjects.at(-1);
    }
  }

  private async dropOf(subject: SubjectId, before: Date): Promise<number> {
    const current = (await this.store.findKey(subject))?.version;
    const lowest = (await this.versions.lowestOf(subject)) ?? current;
    return lowest === undefined ? 0 : this.store.dropFormer(subject, lowest, before);
  }
}
