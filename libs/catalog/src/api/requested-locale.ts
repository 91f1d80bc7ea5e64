import { Injectable } from '@nestjs/common';

import { CatalogContext } from '../application/catalog-context.ts';
import type { Locale } from '../domain/locale.ts';
import { negotiateLocale } from '../domain/locale.ts';

/** The language of an answer: the address, else Accept-Language, else the cell's own. */
@Injectable()
export class RequestedLocale {
  constructor(private readonly context: CatalogContext) {}

  of(inAddress: Locale | undefined, acceptLanguage: string | undefined): Locale {
    return inAddress ?? negotiateLocale(acceptLanguage) ?? this.context.defaultLocale;
  }
}
