import type { CellId, CountryCode } from '@entrepot/kernel';
import type { RelyingParty } from '@entrepot/platform-webauthn';

/** What a cell fixes for its people. */
export class IdentitySettings {
  readonly cell: CellId;
  /** Exact origins whose pages may hold a refresh cookie of this cell. */
  readonly browserOrigins: readonly string[];
  /** For whom the passkeys of staff are made. */
  readonly relyingParty: RelyingParty;
  /** Whether passkeys count whose private key lies in a file; never in production. */
  readonly takesDemoPasskeys: boolean;
  /** Whether the law of a residence asks for a declaration of age at an instant; nowhere where left out. */
  readonly asksAge?: ((residence: CountryCode, at: Date) => boolean) | undefined;

  constructor(settings: IdentitySettings) {
    this.cell = settings.cell;
    this.browserOrigins = settings.browserOrigins;
    this.relyingParty = settings.relyingParty;
    this.takesDemoPasskeys = settings.takesDemoPasskeys;
    this.asksAge = settings.asksAge;
  }
}
