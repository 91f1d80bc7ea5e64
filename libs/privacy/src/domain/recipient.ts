/** Somebody outside of the cell who receives something about a person (GDPR Articles 13(1)(e), 15(1)(c)). */
export interface Recipient {
  readonly name: string;
  /** Where it is processed: a country or a region, as a person reads it. */
  readonly place: string;
  readonly purpose: string;
  /** What is sent, field by field. */
  readonly receives: readonly string[];
}
