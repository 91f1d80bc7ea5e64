import type { DataProcessor } from '@entrepot/privacy';
import type { DataRecipient } from './data-recipient.ts';

/** A processor of the region's list, and the line to it. */
export interface ConnectedRecipient {
  readonly processor: DataProcessor;
  readonly recipient: DataRecipient;
}

/** Every processor that the region lists, each with a line to it. */
export class RecipientRegister {
  readonly all: readonly ConnectedRecipient[];

  constructor(all: readonly ConnectedRecipient[]) {
    this.all = all;
  }

  /** Undefined for one that the region no longer lists. */
  find(name: string): DataRecipient | undefined {
    return this.all.find(({ processor }) => processor.name === name)?.recipient;
  }
}
