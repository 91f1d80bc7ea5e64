import type { SubjectId } from '@entrepot/kernel';
import { reportOf } from '../domain/former-values.ts';
import type { CountedValues, FormerKeyReport } from '../domain/former-values.ts';
import type { SealedValues } from './sealed-values.ts';
import type { VaultStore } from './vault-store.ts';

const peoplePerPage = 200;

/** Says how far the sealing anew is: what lies under current keys, what is left under former ones, and why. */
export class ReportFormerKeys {
  readonly #store: VaultStore;
  readonly #values: SealedValues;

  constructor(store: VaultStore, values: SealedValues) {
    this.#store = store;
    this.#values = values;
  }

  async execute(): Promise<FormerKeyReport> {
    const counted: CountedValues[] = [];
    let people = 0;
    let after: SubjectId | undefined;
    for (;;) {
      const page = await this.#store.supersededBefore(undefined, { after, rowsMax: peoplePerPage });
      if (page.length > 0) counted.push(...(await this.#values.count(page)));
      people += page.length;
      if (page.length < peoplePerPage) return reportOf(people, counted);
      after = page.at(-1)?.subject;
    }
  }
}
