import type { CountryCode } from '@entrepot/kernel';

/**
 * Standard VAT rates of the member states in force on 1 January 2026, in basis points. The authority is
 * the Commission's Taxes in Europe Database; the last changes are FI (September 2024), SK (January
 * 2025), EE (July 2025) and RO (August 2025). Greece is GR here (ISO 3166-1), EL there.
 */
const rates = {
  AT: 2000,
  BE: 2100,
  BG: 2000,
  HR: 2500,
  CY: 1900,
  CZ: 2100,
  DK: 2500,
  EE: 2400,
  FI: 2550,
  FR: 2000,
  DE: 1900,
  GR: 2400,
  HU: 2700,
  IE: 2300,
  IT: 2200,
  LV: 2100,
  LT: 2100,
  LU: 1700,
  MT: 1800,
  NL: 2100,
  PL: 2300,
  PT: 2300,
  RO: 2100,
  SK: 2300,
  SI: 2200,
  ES: 2100,
  SE: 2500,
} as const;

export const standardVatRates: ReadonlyMap<CountryCode, number> = new Map(
  Object.entries(rates).map(([country, rate]) => [country as CountryCode, rate]),
);
