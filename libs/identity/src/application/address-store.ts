import type { AddressId, SubjectId } from '@entrepot/kernel';
import type { Tombstone } from '@entrepot/platform-crypto';
import type { PostalAddress, SavedAddress } from '../domain/account.ts';

/** Addresses of shoppers, each encrypted as one document. */
export abstract class AddressStore {
  /** Oldest first. */
  abstract list(subject: SubjectId): Promise<SavedAddress[] | Tombstone>;
  /** Answers false when the shopper has `addressesMax` already. */
  abstract insert(
    subject: SubjectId,
    address: SavedAddress,
    addressesMax: number,
  ): Promise<boolean>;
  /** Answers false when the shopper has no such address. */
  abstract replace(subject: SubjectId, id: AddressId, address: PostalAddress): Promise<boolean>;
  abstract remove(subject: SubjectId, id: AddressId): Promise<boolean>;
}
