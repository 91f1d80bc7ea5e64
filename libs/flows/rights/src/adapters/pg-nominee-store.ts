import type { NomineeId, SubjectId } from '@entrepot/kernel';
import { FieldCipher, isTombstone } from '@entrepot/platform-crypto';
import type { Ciphertext } from '@entrepot/platform-crypto';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { NomineeStore } from '../application/nominee-store.ts';
import type { Hearing, Nominee, NomineeDetails } from '../application/nominee-store.ts';
import { fencedOr } from './pg-export-store.ts';

/** Nothing where the place is taken, by somebody who was named at the same time too. */
const insertNominee = statement(
  'rights.insert_nominee',
  `INSERT INTO rights.nominee (nominee_id, subject_id, place, content) VALUES ($1, $2, $3, $4)
   ON CONFLICT (subject_id, place) DO NOTHING RETURNING named_at AS "namedAt"`,
);
const nomineesOfSubject = statement(
  'rights.nominees_of_subject',
  `SELECT nominee_id AS "id", content, named_at AS "namedAt", heard_at AS "heardAt"
   FROM rights.nominee WHERE subject_id = $1 ORDER BY named_at, nominee_id`,
);
const removeNominee = statement(
  'rights.remove_nominee',
  'DELETE FROM rights.nominee WHERE nominee_id = $1 AND subject_id = $2',
);
const hearNominee = statement(
  'rights.hear_nominee',
  `UPDATE rights.nominee SET heard_at = $3, heard_by = $4, evidence = $5
   WHERE nominee_id = $1 AND subject_id = $2 AND heard_at IS NULL`,
);

interface NomineeRow {
  readonly id: NomineeId;
  readonly content: Ciphertext;
  readonly namedAt: Date;
  readonly heardAt: Date | null;
}

const placeOf = (subject: SubjectId, rowId: NomineeId) => ({
  ...{ table: 'rights.nominee', rowId, subject },
});

@Injectable()
export class PgNomineeStore extends NomineeStore {
  constructor(
    private readonly database: ShopDatabase,
    private readonly cipher: FieldCipher,
  ) {
    super();
  }

  override async insert(
    subject: SubjectId,
    { id, ...details }: NomineeDetails & { readonly id: NomineeId },
    nomineesMax: number,
  ): Promise<Nominee | undefined> {
    const fields = { content: JSON.stringify(details) };
    const { content } = await this.cipher.encrypt(placeOf(subject, id), fields);
    for (let place = 1; place <= nomineesMax; place += 1) {
      const [named] = await this.database
        .query<Pick<NomineeRow, 'namedAt'>>(insertNominee, [id, subject, place, content])
        .catch((error: unknown) => {
          throw fencedOr(error);
        });
      if (named !== undefined) return { id, ...details, ...named, heardAt: undefined };
    }
    return undefined;
  }

  override async ofSubject(subject: SubjectId): Promise<readonly Nominee[]> {
    const nominees: Nominee[] = [];
    for (const row of await this.database.query<NomineeRow>(nomineesOfSubject, [subject])) {
      const { id, content, namedAt } = row;
      const opened = await this.cipher.decrypt(placeOf(subject, id), { content });
      if (isTombstone(opened)) return [];
      const details = JSON.parse(opened.content) as NomineeDetails;
      nominees.push({ id, ...details, namedAt, heardAt: row.heardAt ?? undefined });
    }
    return nominees;
  }

  override async remove(subject: SubjectId, id: NomineeId): Promise<boolean> {
    return (await this.database.execute(removeNominee, [id, subject])) === 1;
  }

  override async hear(
    subject: SubjectId,
    id: NomineeId,
    { staff, evidence, at }: Hearing,
  ): Promise<boolean> {
    const rows = await this.database.execute(hearNominee, [id, subject, at, staff, evidence]);
    return rows === 1;
  }
}
