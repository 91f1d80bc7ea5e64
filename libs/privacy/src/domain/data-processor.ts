/** By what a processor knows a person: its own references of their payments, or their e-mail address. */
export type ProcessorIdentity = 'payment-reference' | 'email';

/**
 * Somebody outside of the cell who processes personal data for it (GDPR Articles 28 and 30). A region lists
 * all of them; what is not on the list is not sent.
 */
export interface DataProcessor {
  /** `stripe`: as it is called in records and certificates. */
  readonly name: string;
  readonly purpose: string;
  /** Where it processes. */
  readonly place: string;
  readonly legalBasis: string;
  /** By what data may go there: that they stay in the region, an adequacy decision, clauses. */
  readonly transferTool: string;
  /** Everything that is sent about a person. */
  readonly fieldsSent: readonly string[];
  /** The settings of a process that name its hosts. */
  readonly hostSettings: readonly string[];
  readonly knowsBy: ProcessorIdentity;
  /** Days that it has to answer a notice in; then somebody looks. */
  readonly answersWithinDays: number;
  /** Days after which it forgets by itself what it did for us; none where a law has it keep books. */
  readonly keepsDaysMax?: number;
}
