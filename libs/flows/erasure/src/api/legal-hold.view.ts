import type { LegalHoldView, RetainedFieldsView } from '@entrepot/contracts/api/legal-holds';
import { isTombstone } from '@entrepot/platform-crypto';
import type { LegalHold, ReadField } from '@entrepot/privacy';

export const legalHoldViewOf = (hold: LegalHold): LegalHoldView => ({
  id: hold.id,
  category: hold.category,
  caseReference: hold.caseReference,
  openedBy: hold.openedBy,
  openedAt: hold.openedAt.toISOString(),
  releasedAt: hold.releasedAt?.toISOString() ?? null,
});

export const retainedFieldsViewOf = (read: readonly ReadField[]): RetainedFieldsView => ({
  fields: read.map(({ keepUntil, text, ...field }) => ({
    ...field,
    keptUntil: keepUntil ?? null,
    text: isTombstone(text) ? null : text,
  })),
});
