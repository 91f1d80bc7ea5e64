import { DomainError } from '@entrepot/kernel';
import type { AddressId, SubjectId } from '@entrepot/kernel';
import { FieldCipher, isRefusedByFence, isTombstone } from '@entrepot/platform-crypto';
import type { Ciphertext, Tombstone } from '@entrepot/platform-crypto';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { AddressStore } from '../application/address-store.ts';
import type { PostalAddress, SavedAddress } from '../domain/account.ts';

const listAddresses = statement(
  'identity.list_addresses',
  `SELECT address_id AS "id", content FROM identity.address
   WHERE subject_id = $1 ORDER BY created_at, address_id`,
);
// The account's row is the lock of its list: two requests cannot both write the last one allowed. The
// count is a statement of its own, because it must see what was committed while this one waited.
const lockAccount = statement(
  'identity.lock_account',
  'SELECT FROM identity.account WHERE subject_id = $1 FOR NO KEY UPDATE',
);
const insertAddress = statement(
  'identity.insert_address',
  `INSERT INTO identity.address (address_id, subject_id, content)
   SELECT $1, $2, $3
   WHERE (SELECT count(*) FROM identity.address WHERE subject_id = $2) < $4`,
);
const replaceAddress = statement(
  'identity.replace_address',
  `UPDATE identity.address SET content = $3, version = version + 1
   WHERE address_id = $1 AND subject_id = $2`,
);
const removeAddress = statement(
  'identity.remove_address',
  'DELETE FROM identity.address WHERE address_id = $1 AND subject_id = $2',
);

interface AddressRow {
  readonly id: AddressId;
  readonly content: Ciphertext;
}

const placeOf = (subject: SubjectId, rowId: AddressId) => ({
  table: 'identity.address',
  rowId,
  subject,
});

@Injectable()
export class PgAddressStore extends AddressStore {
  constructor(
    private readonly database: ShopDatabase,
    private readonly cipher: FieldCipher,
  ) {
    super();
  }

  override async list(subject: SubjectId): Promise<SavedAddress[] | Tombstone> {
    const rows = await this.database.query<AddressRow>(listAddresses, [subject]);
    const addresses: SavedAddress[] = [];
    for (const { id, content } of rows) {
      const opened = await this.cipher.decrypt(placeOf(subject, id), { content });
      if (isTombstone(opened)) return opened;
      addresses.push({ ...(JSON.parse(opened.content) as PostalAddress), id });
    }
    return addresses;
  }

  override async insert(
    subject: SubjectId,
    { id, ...address }: SavedAddress,
    addressesMax: number,
  ): Promise<boolean> {
    const content = await this.seal(subject, id, address);
    return this.unlessFenced(() =>
      this.database.unitOfWork(async (tx) => {
        await tx.query(lockAccount, [subject]);
        return tx.execute(insertAddress, [id, subject, content, addressesMax]);
      }),
    );
  }

  override async replace(
    subject: SubjectId,
    id: AddressId,
    address: PostalAddress,
  ): Promise<boolean> {
    const content = await this.seal(subject, id, address);
    return this.unlessFenced(() => this.database.execute(replaceAddress, [id, subject, content]));
  }

  override async remove(subject: SubjectId, id: AddressId): Promise<boolean> {
    return (await this.database.execute(removeAddress, [id, subject])) === 1;
  }

  private async seal(
    subject: SubjectId,
    id: AddressId,
    address: PostalAddress,
  ): Promise<Ciphertext> {
    const fields = { content: JSON.stringify(address) };
    return (await this.cipher.encrypt(placeOf(subject, id), fields)).content;
  }

  private async unlessFenced(write: () => Promise<number>): Promise<boolean> {
    try {
      return (await write()) === 1;
    } catch (error) {
      if (!isRefusedByFence(error)) throw error;
      throw new DomainError('SUBJECT_ERASED', 'the subject was fenced', { cause: error });
    }
  }
}
