import type { ConsentText } from '../domain/consent-text.ts';

/** The words of the region, as data. */
export class ConsentTexts {
  readonly all: readonly ConsentText[];

  constructor(all: readonly ConsentText[]) {
    this.all = all;
  }
}
