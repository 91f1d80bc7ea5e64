import { DomainError } from '@entrepot/kernel';
import type { CountryCode, StaffId, SubjectId } from '@entrepot/kernel';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { PeopleRegister } from '../application/people-register.ts';

const subjectOfId = statement(
  'identity.subject_of_id',
  `SELECT subject_id AS "subject" FROM identity.account WHERE account_id = $1
   UNION ALL
   SELECT subject_id AS "subject" FROM identity.staff WHERE staff_id = $1`,
);
const residenceOfSubject = statement(
  'identity.residence_of_subject',
  'SELECT residence FROM identity.account WHERE subject_id = $1',
);

@Injectable()
export class PgPeopleRegister extends PeopleRegister {
  private readonly database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.database = database;
  }

  override async subjectOf(id: string): Promise<SubjectId | undefined> {
    const [row] = await this.database.query<{ subject: SubjectId }>(subjectOfId, [id]);
    return row?.subject;
  }

  override async personBehind(staff: StaffId): Promise<SubjectId> {
    const person = await this.subjectOf(staff);
    if (person === undefined) throw new DomainError('FORBIDDEN', `${staff} is not on the staff`);
    return person;
  }

  override async residenceOf(subject: SubjectId): Promise<CountryCode | undefined> {
    const values = [subject];
    const [row] = await this.database.query<{ residence: CountryCode }>(residenceOfSubject, values);
    return row?.residence;
  }
}
