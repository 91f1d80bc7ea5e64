import type { CellId, CountryCode } from '@entrepot/kernel';
import type { DataProcessor, PeopleLaw, RetentionLaw } from '@entrepot/privacy';

/** What a cell fixes for the rights of its people. */
export class RightsSettings {
  readonly cell: CellId;
  /** Where people reach the cell. */
  readonly origin: string;
  /** Countries that the cell serves; the first stands for persons without a residence, such as staff. */
  readonly countries: readonly CountryCode[];
  /** IANA zone in which days are counted. */
  readonly timeZone: string;
  readonly law: RetentionLaw;
  /** Complaints and nominees. */
  readonly peopleLaw: PeopleLaw;
  /** Who outside of the cell receives something about its people. */
  readonly recipients: readonly DataProcessor[];

  constructor(settings: RightsSettings) {
    this.cell = settings.cell;
    this.origin = settings.origin;
    this.countries = settings.countries;
    this.timeZone = settings.timeZone;
    this.law = settings.law;
    this.peopleLaw = settings.peopleLaw;
    this.recipients = settings.recipients;
  }
}
