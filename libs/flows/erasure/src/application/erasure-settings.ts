import type { CellId, CountryCode } from '@entrepot/kernel';
import type { RetentionLaw } from '@entrepot/privacy';

/** What an erasure depends on beside the person: the cell and the law of its region. */
export class ErasureSettings {
  readonly cell: CellId;
  /** Countries that the cell serves; the first stands for persons without a residence, such as staff. */
  readonly countries: readonly CountryCode[];
  /** IANA zone in which days are counted. */
  readonly timeZone: string;
  readonly law: RetentionLaw;
  /** How long two officers may still think again, in hours; at most 72. */
  readonly coolingOffHours: number;
  /** Whether a request waits for what an operator's tool has to find out, or goes on and says that it did not run. */
  readonly evidence: 'required' | 'noted';

  constructor(settings: ErasureSettings) {
    this.cell = settings.cell;
    this.countries = settings.countries;
    this.timeZone = settings.timeZone;
    this.law = settings.law;
    this.coolingOffHours = settings.coolingOffHours;
    this.evidence = settings.evidence;
  }
}
