import { Injectable } from '@nestjs/common';
import { DomainError } from '@entrepot/kernel';

import { CatalogContext } from './catalog-context.ts';

/**
 * The catalog is written in one cell. Elsewhere an edit is refused with the leader's origin; an edit
 * that travels there from another cell's staff arrives with a change id and takes the same use cases.
 */
@Injectable()
export class Leadership {
  constructor(private readonly context: CatalogContext) {}

  /** Throws CATALOG_LEADER_ELSEWHERE. */
  require(): void {
    const { cell, leader } = this.context;
    if (leader.cell === cell) return;
    throw new DomainError('CATALOG_LEADER_ELSEWHERE', `the catalog is written in ${leader.cell}`, {
      details: { leader: { cell: leader.cell, origin: leader.origin } },
    });
  }
}
