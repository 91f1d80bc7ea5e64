import type { CellId, CountryCode, RegionCode } from '@entrepot/kernel';
import type { RetentionLaw } from '../domain/retention-rule.ts';

/** What statutory records depend on: the cell, and the law of its region. */
export class StatutorySettings {
  readonly cell: CellId;
  readonly region: RegionCode;
  readonly countries: readonly CountryCode[];
  /** IANA zone in which days are counted. */
  readonly timeZone: string;
  readonly law: RetentionLaw;

  constructor(settings: StatutorySettings) {
    this.cell = settings.cell;
    this.region = settings.region;
    this.countries = settings.countries;
    this.timeZone = settings.timeZone;
    this.law = settings.law;
  }
}
