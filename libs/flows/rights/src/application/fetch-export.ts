import { DomainError } from '@entrepot/kernel';
import { hashOfSecret } from '@entrepot/platform-crypto';
import { Injectable } from '@nestjs/common';
import { ExportStore } from './export-store.ts';

/** Gives out what is behind a link, once. */
@Injectable()
export class FetchExport {
  readonly #exports: ExportStore;

  constructor(exports: ExportStore) {
    this.#exports = exports;
  }

  /**
   * Throws NOT_FOUND for a link that was used, that ran out, that is not ready and that nobody ever made: to
   * whoever asks they are all the same.
   */
  async execute(token: string): Promise<Buffer> {
    const archive = await this.#exports.redeem(hashOfSecret(token));
    if (archive === undefined) throw new DomainError('NOT_FOUND', 'nothing is behind this link');
    return archive;
  }
}
