import type { AvailabilityItem, BandEvent } from '@entrepot/contracts/api/inventory';
import type { Sku } from '@entrepot/kernel';
import type { ReadAnswer } from '../application/read-availability.ts';
import type { StockHint } from '../domain/stock-hint.ts';

export const bandEventOf = (sku: Sku, { band, peersHeardSecondsAgo }: StockHint): BandEvent => ({
  sku,
  band,
  peersHeardSecondsAgo:
    peersHeardSecondsAgo === undefined ? null : Math.max(0, Math.round(peersHeardSecondsAgo)),
});

export const availabilityItemOf = ({ sku, availability, hint }: ReadAnswer): AvailabilityItem => ({
  ...bandEventOf(sku, hint),
  availability: availability.answer,
  ...(availability.answer === 'INSUFFICIENT' && { available: availability.available }),
});
