import { DomainError } from '@entrepot/kernel';
import { CellDirectory } from '@entrepot/platform-config';
import { Injectable } from '@nestjs/common';
import { IdentitySettings } from './identity-settings.ts';

/** A cell keeps addresses of its own countries only: any other would be someone else's citizen's data. */
@Injectable()
export class DeliveryCountries {
  constructor(
    private readonly directory: CellDirectory,
    private readonly settings: IdentitySettings,
  ) {}

  /** Throws DELIVERY_COUNTRY_NOT_SERVED; to be asked before anything is stored. */
  assertServed(country: string): void {
    const { countries } = this.directory.get(this.settings.cell);
    if ((countries as readonly string[]).includes(country)) return;
    throw new DomainError('DELIVERY_COUNTRY_NOT_SERVED', 'no delivery to that country', {
      fieldProblems: [
        { path: 'country', code: 'NOT_SERVED', message: 'This cell does not deliver there' },
      ],
    });
  }
}
