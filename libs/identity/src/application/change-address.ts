import { DomainError } from '@entrepot/kernel';
import type { AddressId, SubjectId } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import type { PostalAddress, SavedAddress } from '../domain/account.ts';
import { AddressStore } from './address-store.ts';
import { DeliveryCountries } from './delivery-countries.ts';

@Injectable()
export class ChangeAddressUseCase {
  constructor(
    private readonly addresses: AddressStore,
    private readonly countries: DeliveryCountries,
  ) {}

  /** Someone else's address is one that is not there. */
  async execute(subject: SubjectId, id: AddressId, address: PostalAddress): Promise<SavedAddress> {
    this.countries.assertServed(address.country);
    if (await this.addresses.replace(subject, id, address)) return { ...address, id };
    throw new DomainError('NOT_FOUND', 'the account has no such address');
  }
}
