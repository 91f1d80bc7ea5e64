import { DomainError, newCellId } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { addressesPerAccountMax } from '../domain/account.ts';
import type { PostalAddress, SavedAddress } from '../domain/account.ts';
import { AddressStore } from './address-store.ts';
import { DeliveryCountries } from './delivery-countries.ts';
import { IdentitySettings } from './identity-settings.ts';

@Injectable()
export class AddAddressUseCase {
  constructor(
    private readonly addresses: AddressStore,
    private readonly countries: DeliveryCountries,
    private readonly settings: IdentitySettings,
  ) {}

  async execute(subject: SubjectId, address: PostalAddress): Promise<SavedAddress> {
    this.countries.assertServed(address.country);
    const saved = { ...address, id: newCellId('address', this.settings.cell) };
    if (await this.addresses.insert(subject, saved, addressesPerAccountMax)) return saved;
    throw new DomainError('ADDRESS_LIMIT_REACHED', 'the account has all the addresses it may have');
  }
}
