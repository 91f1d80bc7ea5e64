import { PersonalDataOwner } from '@entrepot/kernel';
import type { ErasureOutcome, PersonalDataExtract, SubjectId } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { deleteDepartures, listDepartures } from './relocation-statements.ts';

/** Moves out of the cell; that somebody came in is a mark about nobody. */
@Injectable()
export class RelocationPersonalData extends PersonalDataOwner {
  override readonly tables = ['relocation.departure'];
  readonly #database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.#database = database;
  }

  override async exportFor(subject: SubjectId): Promise<PersonalDataExtract[]> {
    const records = await this.#database.query<Record<string, unknown>>(listDepartures, [subject]);
    return [{ section: 'relocations', records }];
  }

  override async erase(subject: SubjectId): Promise<ErasureOutcome[]> {
    const deleted = await this.#database.execute(deleteDepartures, [subject]);
    return [{ store: 'relocation.departure', matched: deleted, deleted, left: 0 }];
  }
}
