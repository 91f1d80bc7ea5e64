/** A column that holds ciphertext about a person, as declared in the Prisma schema. */
export interface PersonalColumn {
  /** `identity.address.street`. */
  readonly column: string;
  /** What kind of data: `contact`, `credential`. */
  readonly category: string;
  readonly purpose: string;
  readonly retention: string;
  /** The column of the same table that names the subject. */
  readonly subject: string;
}
