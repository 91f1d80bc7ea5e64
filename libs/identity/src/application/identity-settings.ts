import type { CellId } from '@entrepot/kernel';
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

  constructor(settings: IdentitySettings) {
    this.cell = settings.cell;
    this.browserOrigins = settings.browserOrigins;
    this.relyingParty = settings.relyingParty;
    this.takesDemoPasskeys = settings.takesDemoPasskeys;
  }
}
