import { DomainError } from '@entrepot/kernel';
import type { AddressId, SubjectId } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { AddressStore } from './address-store.ts';

@Injectable()
export class RemoveAddressUseCase {
  constructor(private readonly addresses: AddressStore) {}

  async execute(subject: SubjectId, id: AddressId): Promise<void> {
    if (await this.addresses.remove(subject, id)) return;
    throw new DomainError('NOT_FOUND', 'the account has no such address');
  }
}
