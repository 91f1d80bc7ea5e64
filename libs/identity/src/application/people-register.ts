import type { CountryCode, StaffId, SubjectId } from '@entrepot/kernel';

/** Who is behind an id that staff can name. Nothing personal is read for it. */
export abstract class PeopleRegister {
  /** The subject of an account or of a member of staff; undefined for an id that nobody has. */
  abstract subjectOf(id: string): Promise<SubjectId | undefined>;
  /** Throws FORBIDDEN for someone who is no longer on the staff. */
  abstract personBehind(staff: StaffId): Promise<SubjectId>;
  /** The country that a shopper resides in; undefined for staff, who have none here. */
  abstract residenceOf(subject: SubjectId): Promise<CountryCode | undefined>;
}
