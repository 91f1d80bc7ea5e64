import { DomainError } from '@entrepot/kernel';
import type { AddressId, SubjectId } from '@entrepot/kernel';
import { FieldCipher, isRefusedByFence, isTombstone } from '@entrepot/platform-crypto';
import type { Ciphertext, Tombstone } from '@entrepot/platform-crypto';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import type { Statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { AddressStore } from '../application/address-store.ts';
import type { PostalAddress, SavedAddress } from '../domain/account.ts';

const listAddresses = statement(
  'identity.list_addresses',
  `SELECT address_id AS "id", content FROM identity.address
   WHERE subject_id = $1 ORDER BY created_at, address_id`,
);
// The account's row is the lock of its list: two requests cannot both write the last one allowed.
const insertAddress = statement(
  'identity.insert_address',
  `WITH owner AS (SELECT subject_id FROM identity.account WHERE subject_id = $2 FOR NO KEY UPDATE)
   INSERT INTO identity.address (address_id, subject_id, content)
   SELECT $1, owner.subject_id, $3 FROM owner
   WHERE (SELECT count(*) FROM identity.address a WHERE a.subject_id = owner.subject_id) < $4`,
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
    return this.write(insertAddress, [id, subject, content, addressesMax]);
  }

  override async replace(
    subject: SubjectId,
    id: AddressId,
    address: PostalAddress,
  ): Promise<boolean> {
    return this.write(replaceAddress, [id, subject, await this.seal(subject, id, address)]);
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

  private async write(sql: Statement, values: readonly unknown[]): Promise<boolean> {
    try {
      return (await this.database.execute(sql, values)) === 1;
    } catch (error) {
      if (!isRefusedByFence(error)) throw error;
      throw new DomainError('SUBJECT_ERASED', 'the subject was fenced', { cause: error });
    }
  }
}
