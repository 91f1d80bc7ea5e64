import { Injectable } from '@nestjs/common';
import { DomainError } from '@entrepot/kernel';

import type { Locale } from '../domain/locale.ts';
import { ProductShelf } from './product-shelf.ts';

export interface ShownProduct {
  readonly version: number;
  /** The detail view as JSON text. */
  readonly body: string;
}

/** One product by its slug. Throws NOT_FOUND where it is not for sale in this market. */
@Injectable()
export class ShowProduct {
  constructor(private readonly shelf: ProductShelf) {}

  async execute(slug: string, locale: Locale): Promise<ShownProduct> {
    const id = await this.shelf.idOf(slug);
    const found = id && (await this.shelf.details([id], locale)).get(id);
    if (found === undefined || found.body === null) {
      throw new DomainError('NOT_FOUND', 'there is no such product');
    }
    return { version: found.version, body: found.body };
  }
}
