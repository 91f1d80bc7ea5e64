import type { SubjectId } from '@entrepot/kernel';
import { isTombstone } from '@entrepot/platform-crypto';
import { Injectable } from '@nestjs/common';
import type { SavedAddress } from '../domain/account.ts';
import { AddressStore } from './address-store.ts';

@Injectable()
export class ListAddressesUseCase {
  constructor(private readonly addresses: AddressStore) {}

  /** Of an erased person there are none. */
  async execute(subject: SubjectId): Promise<SavedAddress[]> {
    const addresses = await this.addresses.list(subject);
    return isTombstone(addresses) ? [] : addresses;
  }
}
